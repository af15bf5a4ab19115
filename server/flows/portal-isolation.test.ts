// An administrator of one Company, in the portal: of another Company nothing can be seen or touched, by any address and
// by any call.

import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import type { Page, Response } from 'playwright-core'
import { makeAdministrator } from '#admin/test-administrators.ts'
import {
  idsOf,
  ofSomebody,
  type Rows,
  rowsOf,
  seeding,
  type Trial,
  trialsBelow,
  trialsInBody,
  trialsInPath,
  trialsInQuery,
} from '#admin/test-isolation.ts'
import { findEnvironment } from '#companies/environments.ts'
import { insertPerson, insertSessionRows, sessionRow } from '#sessions/test-sessions.ts'
import type { Database } from '#storage/database.ts'
import { type OpenFresh, onOneDatabase } from '#storage/on-every-database.ts'
import { portalPaths } from '../../scripts/pictures.ts'
import { closeBrowser } from './browser.ts'
import { invited, startPortal } from './portal-stage.ts'

after(closeBrowser)

const slugs = { company: 'walledgarden', environment: 'orchard' }
/** Whatever shows one of these has shown something of the neighbour's. */
const secrets = ['Walled Garden Ltd', 'Orchard House', 'secretive@', 'eve@', 'Gardeners']

type Owner = { readonly environmentId: string; readonly companyId: string }
type Answer = { readonly status: number; readonly body: string }
/** What this file needs of a browser's own names. */
type Fetch = (url: string, init: object) => Promise<{ readonly status: number; readonly text: () => Promise<string> }>

async function start(t: TestContext, openFresh: OpenFresh) {
  const stage = await startPortal(t, await openFresh(t))
  const { db, world } = stage.sallyport
  const clock = { ...world, passTime: () => {} }
  await stage.api('POST', '/api/v1/companies', {
    slug: slugs.company,
    name: 'Walled Garden Ltd',
    environment: { slug: slugs.environment, name: 'Orchard House' },
  })
  const other = await placeOf(db, slugs.company, slugs.environment)
  const below = `/api/v1/environments/${other.environmentId}`
  for (const { path, bodyExample } of seeding) await stage.api('POST', `${below}/${path}`, bodyExample)
  await stage.api('POST', `${below}/teams`, { name: 'Gardeners' })
  await stage.api('POST', `${below}/connections`, { name: 'Gardeners' })
  await makeAdministrator(db, world, { email: 'eve@walledgarden.example', companyId: other.companyId as 'comp_' })
  const user = { username: 'secretive@walledgarden.example', email: 'secretive@walledgarden.example' }
  const person = await insertPerson(db, clock, { environment: { id: other.environmentId as 'env_' } }, user)
  await insertSessionRows(db, [sessionRow(clock, person)])
  const seen = JSON.stringify(await stage.api('GET', `${below}/users`))
  assert.throws(() => assertTellsNothing(seen, 'whoever may see it'), 'the secrets are what the neighbour would see')
  const { page } = await invited(t, stage, 'owner')
  const own = await placeOf(db, 'acme', 'production')
  return { db, page, own, other, before: await rowsOf(db, other), url: stage.sallyport.url }
}

async function placeOf(db: Database, companySlug: string, environmentSlug: string): Promise<Owner> {
  const found = await findEnvironment(db.read, { companySlug, environmentSlug })
  assert.ok(found)
  return { environmentId: found.environment.id, companyId: found.company.id }
}

/** One id of each kind of thing, and a ticket: every page takes one of those. */
function namesOf(rows: Rows): readonly string[] {
  const kinds = new Map(idsOf(rows).map((id) => [id.split('_')[0], id]))
  const tickets = Object.values(rows).flatMap((some) => some.map(({ ticket }) => ticket))
  return [...kinds.values(), ...tickets.filter((one) => typeof one === 'string')]
}

function assertTellsNothing(text: string, where: string): void {
  for (const secret of secrets) assert.ok(!text.includes(secret), `${where} tells ${secret}`)
}

/** As the portal's own script would, with the cookie and the token of the session; one after the other. */
async function call(page: Page, trials: readonly Trial[]): Promise<readonly Answer[]> {
  const requests = trials.map(({ method, path, body, type = 'application/json' }) => ({ method, path, body, type }))
  return page.evaluate(async (requests) => {
    const { fetch } = globalThis as unknown as { readonly fetch: Fetch }
    const { csrfToken } = JSON.parse(await (await fetch('/api/v1/me', {})).text())
    const answers: Answer[] = []
    for (const { method, path, body, type } of requests) {
      const headers = { 'x-csrf-token': csrfToken, 'if-match': '*', 'content-type': type }
      const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
      const answer = await fetch(`/api/v1/${path}`, { method, headers, ...sent })
      answers.push({ status: answer.status, body: await answer.text() })
    }
    return answers
  }, requests)
}

const inWords = (trial: Trial | undefined): string => JSON.stringify(trial)

onOneDatabase((kind, openFresh) => {
  test(`no address of the portal shows anything of another Company (${kind})`, async (t) => {
    const { db, page, other, before, url } = await start(t, openFresh)
    const told: Promise<void>[] = []
    page.on('response', (response: Response) => {
      if (!response.url().includes('/api/')) return
      const read = response.text().catch(() => '') // of a page that was left
      told.push(read.then((text) => assertTellsNothing(text, response.url())))
    })
    const look = async (path: string): Promise<void> => {
      await page.goto(`${url}/admin${path}`)
      await page
        .getByText(/There is no such page|There is nothing at this address|not-found/)
        .first()
        .waitFor()
      assertTellsNothing(await page.content(), path)
    }
    const names = namesOf(before)
    const ofSomething = portalPaths().filter((path) => path.startsWith('/$company') && !path.endsWith('$token'))
    for (const path of ofSomething) {
      const theirs = path.replace('$company', slugs.company).replace('$environment', slugs.environment)
      await look(theirs.replace(/\$\w+/, names[0] ?? ''))
    }
    for (const path of ofSomething.filter((one) => /\$(?!company|environment)/.test(one))) {
      const own = path.replace('$company', 'acme').replace('$environment', 'production')
      for (const name of names.filter((one) => fits(path, one))) await look(own.replace(/\$\w+/, name))
    }
    await page.goto(`${url}/admin`)
    await page.waitForURL('**/admin/acme/production')
    await page.getByRole('button', { name: /Environment/ }).click()
    assertTellsNothing(await page.content(), 'the Environment selector')
    await Promise.all(told)
    assert.deepEqual(await rowsOf(db, other), before)
  })

  test(`no call that a browser can make reaches anything of another Company (${kind})`, async (t) => {
    const { db, page, own, other, before } = await start(t, openFresh)
    const [document] = await call(page, [{ id: '', method: 'GET', path: 'openapi.json' }])
    const described = JSON.parse(document?.body ?? '')
    const known = new Set(ofSomebody.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`))
    const apart = ['GET environments']
    for (const [path, methods] of Object.entries<object>(described.paths)) {
      const rest = path.replace('/api/v1/', '')
      if (/^(me|links|shared|setup)(\/|$)/.test(rest)) continue
      for (const method of Object.keys(methods).filter((word) => /^(get|post|put|patch|delete)$/.test(word))) {
        const operation = `${method.toUpperCase()} ${rest}`
        assert.ok(known.has(operation) || apart.includes(operation), `${operation} is not tried`)
      }
    }
    const below = trialsBelow(other)
    for (const [nth, { status, body }] of (await call(page, below)).entries())
      assert.deepEqual([status, JSON.parse(body).code], [404, 'not-found'], `${inWords(below[nth])}: ${body}`)
    const names = namesOf(before)
    const all = [...trialsInPath(own, names), ...trialsInQuery(own, names), ...trialsInBody(own, names)]
    for (const [nth, { status, body }] of (await call(page, all)).entries()) {
      assert.ok(status < 500, `${inWords(all[nth])}: ${body}`)
      assertTellsNothing(body, inWords(all[nth]))
    }
    assert.deepEqual(await rowsOf(db, other), before)
  })
})

/** A page of one user is asked for a user, that of a client for a client: other ids name nothing anywhere. */
function fits(path: string, name: string): boolean {
  const [prefix] = name.split('_')
  const of = Object.entries({ users: 'user', clients: 'client', policies: 'policy', versions: 'ver' })
  const [, wanted] = of.find(([word]) => path.includes(`/${word}/`)) ?? []
  if (path.includes('$ticket')) return /^[a-z]{14}$/.test(name)
  return wanted === undefined || prefix === wanted || (wanted === 'client' && /^[0-9a-f-]{36}$/.test(name))
}
