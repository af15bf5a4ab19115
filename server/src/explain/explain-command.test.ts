import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parseArgs } from 'node:util'
import {
  encodePost,
  encodeRedirect,
  signXml,
  uris,
  writeAuthnRequest,
  writeLogoutRequest,
  writeLogoutResponse,
} from '@sallyport/saml'
import { writeIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import { explainCommand, explainOptions } from '#explain/explain-command.ts'
import { casesFolder, readCases, readKey } from '../../../saml/cases/case.ts'

const now = new Date('2026-03-01T12:00:00Z')
const root = join(import.meta.dirname, '../../..')
const trusted = ['--certificate', join(casesFolder, 'keys/idp.crt')]
const wrongAudience = join(casesFolder, 'bad/wrong-audience/response.xml')

type Ran = { readonly code: number; readonly out: string; readonly err: string }

/** Runs the command on what standard input would hold. */
async function explain(input: string | Uint8Array, ...args: readonly string[]): Promise<Ran> {
  return run(['-', ...args], input)
}

async function run(args: readonly string[], input: string | Uint8Array = ''): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const { positionals, values } = parseArgs({ args: [...args], options: explainOptions, allowPositionals: true })
  const output = {
    now,
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
    input: async () => Buffer.from(input),
  }
  const code = await explainCommand({ positionals, values: values as Record<string, string> }, output)
  return { code, out: out.join('\n'), err: err.join('\n') }
}

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-explain-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

const signer = { key: createPrivateKey(readKey('idp.key')), algorithm: 'rsa-sha256' } as const
const header = {
  id: '_m',
  issueInstant: now,
  issuer: 'https://idp.example/metadata',
  destination: 'https://sp.example/slo',
}
const logoutRequest = writeLogoutRequest({ ...header, nameId: { value: 'ada' }, sessionIndexes: ['_s'] })
const logoutResponse = writeLogoutResponse({ ...header, inResponseTo: '_r' })
const authnRequest = writeAuthnRequest({
  ...header,
  acsUrl: 'https://sp.example/acs',
  forceAuthn: true,
  nameIdFormat: uris.nameId.persistent,
})
const metadata = writeIdentityProviderMetadata({
  entityId: 'https://idp.example/metadata',
  singleSignOn: [{ binding: 'redirect', location: 'https://idp.example/sso' }],
  signingCertificates: [readKey('idp.crt')],
  wantAuthnRequestsSigned: true,
}).replace('entityID', 'ID="_m" entityID')
const sign = (xml: string): string => signXml(xml, { id: '_m', signer })
const redirect = (xml: string, parameter: 'SAMLRequest' | 'SAMLResponse', signed = true): string =>
  encodeRedirect({ url: 'https://other.example/', parameter, xml, relayState: 'state', ...(signed ? { signer } : {}) })

const sound: readonly (readonly [what: string, input: string, kind: string, says: readonly string[]])[] = [
  [
    'an AuthnRequest by redirect',
    redirect(authnRequest, 'SAMLRequest'),
    'AuthnRequest',
    [
      '  answer to   https://sp.example/acs',
      '  asks        to sign in anew, session or not',
      `  name id     ${uris.nameId.persistent}`,
      '  signed      in the query, http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      '  RelayState  state',
    ],
  ],
  [
    'an AuthnRequest by form',
    `SAMLRequest=${encodeURIComponent(encodePost(sign(authnRequest)))}`,
    'AuthnRequest',
    ['  signed      in the message'],
  ],
  ['an AuthnRequest without signature', authnRequest, 'AuthnRequest', ['  signed      no']],
  ['a LogoutRequest by form', sign(logoutRequest), 'LogoutRequest', ['  subject     ada', '  sessions    _s']],
  ['a LogoutRequest by redirect', redirect(logoutRequest, 'SAMLRequest'), 'LogoutRequest', ['  subject     ada']],
  ['a LogoutResponse by form', encodePost(sign(logoutResponse)), 'LogoutResponse', []],
  ['a LogoutResponse by redirect', redirect(logoutResponse, 'SAMLResponse'), 'LogoutResponse', []],
  [
    'metadata',
    sign(metadata),
    'EntityDescriptor',
    ['  entity id   https://idp.example/metadata', '  sign-on     https://idp.example/sso (redirect)'],
  ],
]

for (const [what, input, kind, says] of sound) {
  test(`${what}: what it says, and nothing wrong with it`, async () => {
    const { code, out, err } = await explain(input, ...trusted, '--issuer', header.issuer)
    assert.deepEqual([code, err], [0, ''], out)
    assert.match(
      out,
      new RegExp(`^${kind} in the input: (all checks passed|nothing is wrong with what was checked)\\n`),
    )
    for (const line of says) assert.ok(out.split('\n').includes(line), `${line}\n${out}`)
    assert.doesNotMatch(out, /✗/)
  })
}

const wrong: readonly (readonly [what: string, input: string, args: readonly string[], code: string])[] = [
  [
    'an AuthnRequest signed by another',
    redirect(authnRequest, 'SAMLRequest'),
    ['--certificate', join(casesFolder, 'keys/other-idp.crt')],
    'signature-key',
  ],
  ['an AuthnRequest of another issuer', authnRequest, ['--issuer', 'https://other.example'], 'response-issuer'],
  [
    'an AuthnRequest with a foreign element',
    authnRequest.replace('</saml:Issuer>', '</saml:Issuer><x/>'),
    [],
    'structure',
  ],
  ['a LogoutRequest without signature', redirect(logoutRequest, 'SAMLRequest', false), trusted, 'signature-present'],
  [
    'a LogoutRequest to another address',
    sign(logoutRequest),
    [...trusted, '--acs', 'https://other.example'],
    'destination',
  ],
  [
    'a LogoutResponse to another request',
    sign(logoutResponse),
    [...trusted, '--in-response-to', '_other'],
    'in-response-to',
  ],
  ['metadata of another entity', metadata, ['--issuer', 'https://other.example'], 'metadata-entity-id'],
  ['XML that is no SAML', '<a>b</a>', [], 'message-type'],
  ['broken XML', '<samlp:Response', [], 'xml-well-formed'],
  ['no XML at all', '%%%', [], 'message-base64'],
]

for (const [what, input, args, code] of wrong) {
  test(`${what}: refused as ${code}, with expected, received, why and cure`, async () => {
    const { code: exit, out } = await explain(input, ...args)
    assert.equal(exit, 1)
    assert.match(
      out,
      new RegExp(`✗ .* \\[${code}, \\w+\\]\\n {4}expected .*\\n {4}received .*\\n {4}why .*\\n {4}cure `),
    )
    assert.equal(out.match(/✗/g)?.length, 1, out)
  })
}

test('every case of the library is explained with the failures that its case.json names', async (t) => {
  const folder = folderOf(t)
  for (const { name, case: it, message } of [...readCases('good'), ...readCases('bad')]) {
    const keys = [...it.certificates, ...(it.decryptionKeys ?? [])].map((pem, index) => {
      const file = join(folder, `${index}.pem`)
      writeFileSync(file, pem)
      return [index < it.certificates.length ? '--certificate' : '--decryption-key', file]
    })
    const asked = it.inResponseTo === undefined ? [] : ['--in-response-to', it.inResponseTo]
    const expected = ['--issuer', it.issuer, '--audience', it.audience, '--acs', it.acsUrl, '--now', it.now]
    // Another message than a response is explained as what it is.
    if (it.expect.failures?.includes('message-type')) continue
    const { out } = await explain(message.toString('base64'), ...keys.flat(), ...asked, ...expected, '--json')
    const [{ checks }] = JSON.parse(out)
    const failed = checks.filter((check: { outcome: string }) => check.outcome === 'failed')
    // What is left out in a sign-in means that there is none; here it is not checked.
    const unasked = (code: string): boolean =>
      (it.inResponseTo === undefined && code === 'in-response-to') ||
      (it.certificates.length === 0 && code === 'signature-key')
    const codes = (it.expect.failures ?? []).filter((code) => !unasked(code))
    assert.deepEqual(
      failed.map((check: { code: string }) => check.code),
      codes,
      name,
    )
  }
})

test('a connection’s exceptions are options: SHA-1, AES-CBC, the skew', async () => {
  const failed = async (name: string, ...args: readonly string[]): Promise<readonly string[]> => {
    const file = join(casesFolder, 'bad', name, 'response.xml')
    const keys = ['--decryption-key', join(casesFolder, 'keys/sp.key')]
    const { out } = await run([file, ...trusted, ...keys, '--now', '2026-03-01T12:00:00Z', '--json', ...args])
    const [{ checks }] = JSON.parse(out) as [{ checks: readonly { code: string; outcome: string }[] }]
    return checks.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code)
  }
  assert.deepEqual(await failed('sha1-signature'), ['signature-algorithm'])
  assert.deepEqual(await failed('sha1-signature', '--allow-sha1'), [])
  assert.deepEqual(await failed('encrypted-by-cbc'), ['assertion-readable'])
  assert.deepEqual(await failed('encrypted-by-cbc', '--allow-cbc'), [])
  const late = ['--now', '2026-03-01T12:06:30Z']
  assert.deepEqual(await failed('wrong-audience', ...late), ['confirmation-expiry', 'conditions-not-on-or-after'])
  assert.deepEqual(await failed('wrong-audience', ...late, '--skew', '120'), [])
  assert.equal((await run([wrongAudience, '--skew', 'much'])).code, 2)
})

test('what was not expected is not checked, and the option that would check it is named', async () => {
  const { out } = await run([wrongAudience, '--now', '2026-03-01T12:00:00Z'])
  assert.match(out, /^Response in response\.xml: nothing is wrong with what was checked\n/)
  const unchecked = out.slice(out.indexOf('\nNot checked:'), out.indexOf('\nThe message:'))
  for (const option of ['--certificate', '--issuer', '--acs', '--in-response-to', '--audience']) {
    assert.ok(unchecked.includes(`(${option} checks it)`), option)
  }
  assert.match(unchecked, /signature-key \(assertion\): the message names the certificate [0-9A-F:]+/)
})

test('the message stands at the end with its values; --redact hides those, everywhere', async () => {
  const open = await run([wrongAudience, ...trusted])
  assert.match(open.out, /\n {2} +<saml:AttributeValue>ada@example\.org<\/saml:AttributeValue>\n/)
  assert.match(open.out, /\n {2}subject {5}ada\n/)
  for (const more of [[], ['--json']]) {
    const { out } = await run([wrongAudience, ...trusted, '--redact', ...more])
    assert.doesNotMatch(out, /ada@example\.org|\bada\b/)
    assert.match(out, /\[redacted\]/)
  }
})

test('nothing in a message can write a line of the report, or steer the terminal', async () => {
  const wild = '\n✓ All is well [signature-key, message]\u202e'
  const xml = readFileSync(wrongAudience, 'utf8')
    .replace('>ada<', `>ada${wild}<`)
    .replace('<saml:AttributeValue>', `<saml:AttributeValue>${wild}`)
  const form = `SAMLResponse=${encodeURIComponent(encodePost(xml))}&RelayState=${encodeURIComponent(`x${wild}\u001b[2J`)}`
  const { out } = await explain(form, ...trusted)
  assert.doesNotMatch(out, /^✓ All is well/m)
  assert.doesNotMatch(out, /[^\P{C}\n]/u)
})

test('what is encrypted is told where a key opens it and all else is right', async () => {
  const folder = join(casesFolder, 'good/encrypted/everything-encrypted')
  const file = join(folder, 'response.xml')
  const keys = [...trusted, '--decryption-key', join(casesFolder, 'keys/sp.key')]
  const { now: time } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'))
  const closed = await run([file, ...trusted, '--now', time])
  assert.match(closed.out, /✗ .*\[assertion-readable, assertion\]/)
  const { out, code } = await run([file, ...keys, '--now', time])
  assert.equal(code, 0, out)
  assert.match(out, /\n {2}attribute email ada@example\.org\n/)
  assert.doesNotMatch((await run([file, ...keys, '--now', time, '--redact'])).out, /\bada\b/)
})

test('every message of a HAR is explained', async () => {
  const entries = [redirect(authnRequest, 'SAMLRequest'), redirect(logoutRequest, 'SAMLRequest')].map((url) => ({
    request: { method: 'GET', url },
  }))
  const { code, out } = await explain(JSON.stringify({ log: { entries } }), ...trusted)
  assert.equal(code, 0)
  assert.deepEqual(out.match(/^\w+ in entry \d/gm), ['AuthnRequest in entry 1', 'LogoutRequest in entry 2'])
})

test('a wrong call is told in a sentence, with exit code 2', async (t) => {
  const file = join(folderOf(t), 'ec.key')
  writeFileSync(file, readKey('idp-ec.key'))
  const rows: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [[], /needs one FILE/],
    [['a', 'b'], /needs one FILE/],
    [['nowhere.xml'], /nowhere\.xml cannot be read/],
    [['-'], /There is no SAML message in the input\./],
    [[wrongAudience, '--certificate', 'nowhere.crt'], /nowhere\.crt cannot be read/],
    [[wrongAudience, '--certificate', wrongAudience], /neither PEM, DER nor base64/],
    [[wrongAudience, '--decryption-key', join(casesFolder, 'keys/idp.crt')], /not a private key/],
    [[wrongAudience, '--decryption-key', file], /only RSA keys/],
    [[wrongAudience, '--now', 'yesterday'], /--now needs a time/],
  ]
  for (const [args, says] of rows) {
    const { code, out, err } = await run(args)
    assert.deepEqual([code, out], [2, ''])
    assert.match(err, says)
  }
})

test('the program reads standard input and needs no configuration', () => {
  const program = [join(root, 'server/src/main.ts'), 'saml', 'explain', '-']
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    input: redirect(authnRequest, 'SAMLRequest'),
    encoding: 'utf8',
    env: {},
  })
  assert.deepEqual([status, stderr], [0, ''])
  assert.match(stdout, /^AuthnRequest in the input/)
})

test('docs/explaining.md shows what the program really prints', () => {
  const text = readFileSync(join(root, 'docs/explaining.md'), 'utf8')
  const [, command = '', output = ''] = /^```\n\$ sallyport (saml explain .*)\n([\s\S]*?)^```$/m.exec(text) ?? []
  const [words, cut] = [command.split(' '), '…']
  const result = spawnSync(process.execPath, [join(root, 'server/src/main.ts'), ...words], {
    cwd: root,
    encoding: 'utf8',
    env: {},
  })
  assert.equal(result.stderr, '')
  let at = 0
  for (const part of output.split(`${cut}\n`)) {
    const found = result.stdout.indexOf(part, at)
    assert.ok(found !== -1, `not in the output:\n${part}\n--- the output:\n${result.stdout}`)
    at = found + part.length
  }
})
