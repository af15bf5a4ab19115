import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { carriedForm, createFormBrowser, type FormBrowser, type Page } from '../../peers/form-browser.ts'
import { freePort } from '../../peers/peer-process.ts'
import { connectRefusals } from '../amazon-connect/refusals.ts'
import { demo } from '../demo.ts'
import { createSandbox, createSandboxKey } from '../sandbox.ts'
import { otherRole } from './account.ts'
import { awsErrors } from './errors.ts'
import { awsMisbehaviours } from './misbehaviours.ts'

const start = Date.UTC(2026, 0, 5, 9)
let now = start
const clock = () => new Date(now)
const chance = { bytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)) }
const { region, instanceId } = demo.aws

let sandbox: FastifyInstance
let publicUrl: string
before(async () => {
  const key = await createSandboxKey({ clock, chance })
  const port = await freePort()
  publicUrl = `http://localhost:${port}`
  sandbox = createSandbox({ clock, chance, publicUrl, sallyportUrl: 'http://localhost:9', ...key })
  await sandbox.listen({ port, host: '127.0.0.1' })
})
beforeEach(() => {
  now = start
})
after(() => sandbox.close())

type SignIn = { readonly person?: string; readonly answer?: string; readonly relayState?: string }

/** Opens the deep link and chooses; answers the page that carries the response to AWS. */
async function choose(browser: FormBrowser, { person = 'ada', answer = 'correct', relayState }: SignIn): Promise<Page> {
  const query = relayState === undefined ? '' : `?${new URLSearchParams({ RelayState: relayState })}`
  const asked = await browser.open(`${publicUrl}/idp/app/amazon-connect${query}`)
  const form = asked.forms.find(({ action }) => action.endsWith('/idp/sign-in'))
  return form === undefined ? asked : browser.submit(asked, form, { person, answer })
}

async function send(browser: FormBrowser, page: Page): Promise<Page> {
  const form = carriedForm(page)
  assert.ok(form, page.body)
  return browser.submit(page, form)
}

async function signIn(how: SignIn = {}, browser: FormBrowser = createFormBrowser()): Promise<Page> {
  return send(browser, await choose(browser, how))
}

function federation(id: string, query = '', where: string = region): string {
  return `https://${where}.console.aws.amazon.com/connect/federate/${id}${query}`
}

/** As it stands in the page, with what HTML escapes. */
function says(page: Page, text: string): void {
  const escaped = text.replaceAll('"', '&quot;').replaceAll("'", '&#39;')
  assert.ok(page.body.includes(escaped), `${text} on: ${page.body}`)
}

describe('the deep link', () => {
  test('asks who is there, and says what AWS should say to each answer', async () => {
    const page = await createFormBrowser().open(`${publicUrl}/idp/app/amazon-connect`)
    assert.match(page.body, /What AWS should say to each answer/)
    assert.match(page.body, /the link of the application Amazon Connect/)
    for (const { label, says: text } of awsMisbehaviours) {
      says(page, label)
      says(page, text)
    }
    assert.doesNotMatch(page.body, /Sallyport should say/)
  })

  test('names AWS in the message, and carries it to the sandbox', async () => {
    const page = await choose(createFormBrowser(), {})
    const form = carriedForm(page)
    assert.equal(form?.action, `${publicUrl}/saml`)
    const xml = Buffer.from(form?.fields.SAMLResponse ?? '', 'base64').toString()
    assert.match(xml, / Destination="https:\/\/signin\.aws\.amazon\.com\/saml"/)
    assert.match(xml, / Recipient="https:\/\/signin\.aws\.amazon\.com\/saml"/)
    assert.match(xml, /<saml:Audience>https:\/\/signin\.aws\.amazon\.com\/saml</)
    assert.equal(form?.fields.RelayState, federation(instanceId, '?destination=%2Fccp-v2&new_domain=true'))
  })

  test('asks nobody who is signed in to the directory', async () => {
    const browser = createFormBrowser()
    await signIn({}, browser)
    const page = await browser.open(`${publicUrl}/idp/app/amazon-connect`)
    assert.ok(carriedForm(page))
    assert.equal((await send(browser, page)).url, `${publicUrl}/ccp-v2`)
  })
})

describe('AWS’s sign-in endpoint', () => {
  for (const { name, label, error, says: text } of awsMisbehaviours) {
    if (error === undefined) continue
    test(`answers in AWS’s words: ${label}`, async () => {
      const page = await signIn({ answer: name })
      assert.equal(page.status, awsErrors[error].status)
      assert.equal(page.url, `${publicUrl}/saml`)
      says(page, text)
    })
  }

  test('takes a Role with the provider’s ARN first', async () => {
    assert.equal((await signIn({ answer: 'aws-reverse' })).url, `${publicUrl}/ccp-v2`)
  })

  test('lets people choose between roles, and goes by what they chose', async () => {
    const browser = createFormBrowser()
    const page = await signIn({ answer: 'aws-two-roles' }, browser)
    assert.match(page.body, /Select a role/)
    const [form] = page.forms
    assert.ok(form)
    const role = /value="([^"]+:role\/AmazonConnectAgent)"/.exec(page.body)?.[1] ?? ''
    assert.equal((await browser.submit(page, form, { role })).url, `${publicUrl}/ccp-v2`)
    says(await browser.submit(page, form, { role: otherRole }), connectRefusals['not-permitted'])
    says(await browser.submit(page, form, { role: 'arn:aws:iam::1:role/None' }), awsErrors['invalid-response'].text)
  })

  test('takes no response that is older than five minutes', async () => {
    const browser = createFormBrowser()
    const page = await choose(browser, {})
    now += 5 * 60 * 1000 + 1
    says(await send(browser, page), awsErrors.expired.text)
  })

  test('does not fall over whatever is posted', async () => {
    for (const SAMLResponse of ['', '%', 'PHg+', 'bm8geG1s', 'A'.repeat(200_000)]) {
      const browser = createFormBrowser()
      const page = await browser.open(`${publicUrl}/`)
      const form = { action: `${publicUrl}/saml`, method: 'POST', fields: { SAMLResponse } } as const
      assert.equal((await browser.submit(page, form)).status, 400)
    }
    const nothing = await sandbox.inject({ method: 'POST', url: '/saml' })
    assert.equal(nothing.statusCode, 400)
  })
})

describe('the RelayState', () => {
  const ways = [
    ['without one, leads to the console', '', /AWS Management Console[\s\S]*none/, '/console'],
    ['that is no address, leads to the console', 'ccp', /AWS Management Console/, '/console'],
    [
      'of another service of AWS, leads to the console',
      'https://console.aws.amazon.com/s3/',
      /console\.aws\.amazon\.com\/s3/,
      '/console',
    ],
    [
      'of somebody else, leads nowhere else',
      'https://elsewhere.example/connect/federate/x',
      /AWS Management Console/,
      '/console',
    ],
    ['without destination, leads to the home page', federation(instanceId), /own home page/, '/connect/home'],
    [
      'for version 1, leads to its panel',
      federation(instanceId, '?destination=%2Fconnect%2Fccp'),
      /Ring me/,
      '/connect/ccp',
    ],
    [
      'with new_domain, leads to the panel',
      federation(instanceId, '?destination=%2Fccp-v2&new_domain=true'),
      /Ring me/,
      '/ccp-v2',
    ],
    [
      'with a foreign destination, stays here',
      federation(instanceId, '?destination=%2F%2Felsewhere.example'),
      /own home page/,
      '/connect/home',
    ],
  ] as const
  for (const [what, relayState, shows, path] of ways) {
    test(what, async () => {
      const page = await signIn({ relayState })
      assert.equal(new URL(page.url).pathname, path)
      assert.equal(new URL(page.url).origin, publicUrl)
      assert.match(page.body, shows)
    })
  }

  test('of another region or instance is refused', async () => {
    const other = '00000000-0000-4000-8000-000000000000'
    for (const relayState of [federation(instanceId, '', 'eu-west-2'), federation(other)]) {
      const page = await signIn({ relayState })
      assert.equal(page.status, 403)
      says(page, connectRefusals['not-permitted'])
    }
  })
})

describe('from AWS into Amazon Connect', () => {
  test('only people who are declared there come in, letter for letter', async () => {
    for (const how of [{ person: 'katherine' }, { answer: 'aws-upper-case' }]) {
      const page = await signIn(how)
      assert.equal(page.status, 403)
      says(page, connectRefusals['not-onboarded'])
    }
  })

  test('nobody comes in without a session at AWS, or with one that has ended', async () => {
    const browser = createFormBrowser()
    const address = `${publicUrl}/connect/federate/${instanceId}`
    assert.equal((await browser.open(address)).status, 401)
    await signIn({}, browser)
    assert.equal((await browser.open(address)).status, 200)
    now += 10 * 60 * 60 * 1000 // SessionDuration is 36000
    assert.equal((await browser.open(address)).status, 401)
    assert.equal((await browser.open(`${publicUrl}/console`)).status, 401)
  })

  test('logging out of the console ends it', async () => {
    const browser = createFormBrowser()
    await signIn({ relayState: '' }, browser)
    assert.equal((await browser.open(`${publicUrl}/console`)).status, 200)
    await browser.open(`${publicUrl}/console/logout`)
    assert.equal((await browser.open(`${publicUrl}/console`)).status, 401)
  })
})
