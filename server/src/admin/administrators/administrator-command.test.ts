import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  createAdministratorCommand,
  firstRunCommand,
  listAdministratorsCommand,
  recoverAdministratorCommand,
  removeAdministratorCommand,
} from '#admin/administrators/administrator-command.ts'
import { makeAdministrator, password, portalBrowser, signedInPortal } from '#admin/test-administrators.ts'
import { assertProblem, startApi } from '#admin/test-api.ts'
import { publicUrl } from '#login/test-place.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

async function start(t: TestContext, openFresh: OpenFresh) {
  const started = await startApi(t, openFresh)
  const lines: string[] = []
  const told: string[] = []
  const out = (line: string) => void lines.push(line)
  const err = (line: string) => void told.push(line)
  const cli = { db: started.db, world: started.world, config: { publicUrl }, out, err }
  const path = () => `links/${lines.at(-1)?.split('/').at(-1)}`
  return { ...started, cli, lines, told, path }
}

const call = (email: string, values: Readonly<Record<string, string | boolean>> = {}) => ({
  positionals: [email],
  values,
})

onEveryDatabase((kind, openFresh) => {
  test(`admin create makes an administrator of a Company, who chooses a password (${kind})`, async (t) => {
    const { app, cli, lines, path, place, db } = await start(t, openFresh)
    const args = call('grace@acme.example', { company: place.company.slug, role: 'support', name: 'Grace Okafor' })
    assert.equal(await createAdministratorCommand(args, cli), 0)
    assert.match(lines[0] ?? '', /^https:\/\/sso\.example\/admin\/link\/[\w-]{43}$/)
    const portal = portalBrowser(app)
    const shown = { purpose: 'invitation', email: 'grace@acme.example', hasAccount: false }
    assert.deepEqual((await portal.send('GET', path())).data, shown)
    assert.equal((await portal.send('POST', path(), { name: 'Grace O.', password })).statusCode, 200)
    const { data } = await portal.send('GET', 'me')
    assert.deepEqual([data.memberships[0].role, data.administrator.name], ['support', 'Grace O.'])
    const entries = await db.read.selectFrom('company_audit_entries').selectAll().execute()
    assert.deepEqual(
      entries.map(({ company_id, action }) => [company_id, action]),
      [[place.company.id, 'administrator.created']],
    )
    await listAdministratorsCommand(cli)
    assert.match(
      lines.at(-1) ?? '',
      /^grace@acme\.example {2}Grace O\. {2}support of acme {2}password {2}last signed in/,
    )
  })

  test(`an account that is there gets another Company, and keeps its password (${kind})`, async (t) => {
    const { app, cli, lines, told, db, world, place, other } = await start(t, openFresh)
    await makeAdministrator(db, world, { companyId: place.company.id })
    assert.equal(await createAdministratorCommand(call('Grace@acme.example', { company: other.company.slug }), cli), 0)
    assert.deepEqual(lines, [])
    assert.match(told.join(), /its password is as it was/)
    const { data } = await (await signedInPortal(app)).send('GET', 'me')
    assert.equal(data.memberships.length, 2)
    assert.equal(await createAdministratorCommand(call('grace@acme.example', { operator: true }), cli), 0)
    const again = await (await signedInPortal(app)).send('GET', 'me')
    assert.equal(again.data.administrator.operator, true)
  })

  test(`admin recover signs out everywhere and gives a link (${kind})`, async (t) => {
    const { app, cli, path, db, world, place } = await start(t, openFresh)
    const { id } = await makeAdministrator(db, world, { companyId: place.company.id })
    const former = await signedInPortal(app)
    assert.equal(await recoverAdministratorCommand(call('grace@acme.example'), cli), 0)
    assertProblem(await former.send('GET', 'me'), 401, 'not-signed-in')
    const first = path()
    assert.equal(await recoverAdministratorCommand(call('grace@acme.example'), cli), 0)
    assertProblem(await portalBrowser(app).send('GET', first), 410, 'link-over')
    assert.equal((await portalBrowser(app).send('POST', path(), { password: 'another few words' })).statusCode, 200)
    const entries = await db.read.selectFrom('company_audit_entries').selectAll().execute()
    assert.deepEqual(
      entries.map(({ action, subject_id, company_id }) => [action, subject_id, company_id]),
      [1, 2].map(() => ['administrator.recovery-begun', id, null]),
    )
  })

  test(`admin remove removes, and what cannot be done is told with a cure (${kind})`, async (t) => {
    const { app, cli, told, db, world, place } = await start(t, openFresh)
    await makeAdministrator(db, world, { companyId: place.company.id })
    const portal = await signedInPortal(app)
    assert.equal(await removeAdministratorCommand(call('grace@acme.example'), cli), 0)
    assertProblem(await portal.send('GET', 'me'), 401, 'not-signed-in')
    assert.equal(await removeAdministratorCommand(call('grace@acme.example'), cli), 1)
    assert.equal(await recoverAdministratorCommand(call('grace@acme.example'), cli), 1)
    assert.match(told.at(-1) ?? '', /Nobody with the address .* “sallyport admin list” shows who\./)
    for (const [email, values, code] of [
      ['grace', { operator: true }, 2],
      ['grace@acme.example', {}, 2],
      ['grace@acme.example', { operator: true, role: 'king' }, 2],
      ['grace@acme.example', { company: 'nobody' }, 1],
    ] as const)
      assert.equal(await createAdministratorCommand(call(email, values), cli), code)
    assert.equal(await recoverAdministratorCommand({ positionals: [], values: {} }, cli), 2)
  })

  test(`admin first-run gives a link while nobody administers the place (${kind})`, async (t) => {
    const { cli, lines, db, world } = await start(t, openFresh)
    assert.equal(await firstRunCommand(cli), 0)
    assert.match(lines[0] ?? '', /\/admin\/first-run\/[\w-]{43}$/)
    await makeAdministrator(db, world, { operator: true })
    assert.equal(await firstRunCommand(cli), 1)
    assert.equal(lines.length, 1)
  })
})
