import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { connectAddresses } from '#connect/addresses.ts'
import { warningsOf } from '#connect/connect-warnings.ts'
import { findAmazonConnect, removeAmazonConnect, saveAmazonConnect, typedAmazonConnect } from '#connect/settings.ts'
import { takeAmazonConnect } from '#connect/take-settings.ts'
import {
  deepLink,
  iamMetadata,
  instanceArn,
  instanceId,
  leastTyped,
  take,
  testSettings,
} from '#connect/test-settings.ts'
import { makeNeighbours, now, publicUrl, testWorld } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const account = '123456789012'
const problemsOf = (given: unknown) => {
  const taken = take(given)
  return taken.ok ? [] : taken.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
}
const withInstance = (change: object) => ({ instance: { ...leastTyped.instance, ...change } })

test('an alias and an ARN are enough: region, account and everything else follow', () => {
  assert.deepEqual(testSettings(), {
    instance: { url: 'https://acme.my.connect.aws', region: 'eu-west-2', id: instanceId, accountId: account },
    ccpVersion: 'v2',
    singleSignOn: { enabled: false, url: null, autoCloseWindow: true },
    requireSignIn: true,
    agentName: 'username',
    stuckAfterSeconds: 30,
    federation: {
      product: null,
      providerName: 'CompanyDirectory',
      roleName: 'AmazonConnectAgent',
      sessionSeconds: 36_000,
      metadata: null,
      destination: null,
    },
  })
  const byId = testSettings({ instance: { url: 'acme', id: instanceId.toUpperCase(), region: 'US-East-1' } })
  assert.deepEqual(byId.instance, {
    url: 'https://acme.my.connect.aws',
    region: 'us-east-1',
    id: instanceId,
    accountId: null,
  })
  const grouped = testSettings(withInstance({ id: instanceId, region: 'eu-west-2', accountId: '1234-5678-9012' }))
  assert.equal(grouped.instance.accountId, account)
})

test('an address is taken by its origin, and told when something was cut off', () => {
  for (const [typed, url, ...codes] of [
    ['Acme', 'https://acme.my.connect.aws'],
    [' acme.my.connect.aws ', 'https://acme.my.connect.aws'],
    ['https://ACME.my.connect.aws/', 'https://acme.my.connect.aws'],
    ['https://acme.awsapps.com', 'https://acme.awsapps.com'],
    ['https://acme.awsapps.com/connect/login', 'https://acme.awsapps.com', 'instance-url-cut'],
    ['acme.my.connect.aws/ccp-v2/?x#y', 'https://acme.my.connect.aws', 'instance-url-cut'],
    ['http://acme.my.connect.aws', 'https://acme.my.connect.aws', 'instance-url-https'],
    ['http://localhost:4000', 'http://localhost:4000'],
    ['localhost:4000/ccp-v2/', 'http://localhost:4000', 'instance-url-cut'],
    ['https://connect.localhost:4000', 'https://connect.localhost:4000'],
    ['127.0.0.1:4000', 'http://127.0.0.1:4000'],
    ['http://[::1]:4000', 'http://[::1]:4000'],
    ['http://192.168.1.5:4000', 'http://192.168.1.5:4000'],
  ] as const) {
    const taken = take(withInstance({ url: typed }))
    assert.ok(taken.ok, typed)
    assert.equal(taken.settings.instance.url, url)
    const told = taken.warnings.map(({ code }) => code)
    assert.deepEqual(told, codes, typed)
  }
})

test('an address that is no instance is refused with what it is instead', () => {
  for (const [typed, said] of [
    ['https://eu-west-2.console.aws.amazon.com/connect/v2/app/instances', /is an address of AWS’s console/],
    ['https://signin.aws.amazon.com/saml', /is an address of AWS’s console/],
    ['https://d-1234567890.awsapps.com/start', /start page of IAM Identity Center/],
    ['https://acme.okta.com', /“acme\.okta\.com” is no instance of Amazon Connect/],
    ['https://acme.my.connect.aws.evil.example', /is no instance/],
    ['https://my.connect.aws', /is no instance/],
    ['https://203.0.113.7', /is no instance/],
    ['https://10.0.0.1.example', /is no instance/],
    ['https://acme.my.connect.aws:8443', /must not have a port/],
    ['https://ada:secret@acme.my.connect.aws', /must not contain a user name/],
    ['ftp://acme.my.connect.aws', /must begin with https/],
    ['javascript://localhost', /must begin with https/],
    ['https://ac me.my.connect.aws', /neither an alias nor an address/],
    ['https://-x.my.connect.aws', /is no alias/],
    ['https://[', /neither an alias nor an address/],
    ['https://acme.my.connect.aws/\0', /neither an alias nor an address/],
  ] as const) {
    const [problem = '', ...more] = problemsOf(withInstance({ url: typed }))
    assert.match(problem, /^instance\.url: /, typed)
    assert.match(problem, said)
    assert.deepEqual(more, [])
  }
})

test('no address can say more in the policy of the desktop than where the instance is', () => {
  const signs = [...';, *\'"\n\r\t\0\u3002\uff1b@\\#?/:.[]%3b$&\u2028']
  const words = ['acme', 'localhost', '.my.connect.aws', '.awsapps.com', '.localhost', ' frame-ancestors *', '10.0.0.1']
  const schemes = ['https://', 'http://', 'javascript:', 'blob:https://', 'data:']
  const parts = fc.array(fc.constantFrom(...signs, ...words, ...words, ...schemes), { minLength: 1, maxLength: 7 })
  let taken = 0
  const property = fc.property(parts, (some) => {
    const typed = typedAmazonConnect.safeParse(withInstance({ url: some.join('') }))
    const found = typed.success ? takeAmazonConnect(typed.data) : undefined
    if (found?.ok !== true) return
    taken++
    assert.match(found.settings.instance.url, /^https?:\/\/[a-z0-9._-]+(:\d+)?$/, some.join(''))
  })
  fc.assert(property, { seed: 8, numRuns: 10_000 })
  assert.ok(taken > 100, `${taken}`)
})

test('an ARN and what is said beside it must agree; every contradiction is told at once', () => {
  assert.deepEqual(
    problemsOf({ instance: { url: 'acme', id: instanceArn, region: 'us-east-1', accountId: '999999999999' } }),
    [
      'instance.region: is us-east-1, but the ARN says eu-west-2. Leave it out, or mend the one that is wrong',
      `instance.accountId: is 999999999999, but the ARN says ${account}. Leave it out, or mend the one that is wrong`,
    ],
  )
  for (const [change, said] of [
    [{ id: instanceId }, /^instance\.region: is missing/],
    [{ id: instanceId, region: 'London' }, /“london” is no AWS region/],
    [{ id: `arn:aws:connect:us-gov-west-1:${account}:instance/${instanceId}` }, /not in the partition aws of the ARN/],
    [{ id: `arn:aws:connect:eu-west-2:12:instance/${instanceId}` }, /12 digits/],
    [{ id: 'arn:aws:iam::123456789012:role/x' }, /is not the ARN of an instance/],
    [{ id: 'acme', region: 'eu-west-2' }, /must be the instance’s id/],
    [{ id: `arn:aws:connect:eu-west-2:${account}:instance/acme` }, /must be the instance’s id/],
    [{ accountId: 'twelve' }, /12 digits/],
  ] as const) {
    const problems = problemsOf(withInstance(change))
    assert.match(problems.join('\n'), said)
  }
  const gov = `arn:aws-us-gov:connect:us-gov-west-1:${account}:instance/${instanceId}`
  assert.equal(testSettings(withInstance({ id: gov })).instance.region, 'us-gov-west-1')
})

test('with single sign-on, its URL is needed, and must be one by https', () => {
  const problems = (singleSignOn: object) => problemsOf({ ...leastTyped, singleSignOn }).join('\n')
  assert.match(problems({ enabled: true }), /^singleSignOn\.url: is missing/)
  assert.equal(problems({ enabled: false }), '')
  for (const url of [
    deepLink,
    'http://localhost:4000/idp/app/amazon-connect',
    'https://d-1.awsapps.com/start/#/saml/x',
  ])
    assert.equal(problems({ enabled: true, url }), '')
  for (const [url, said] of [
    ['http://idp.example/app', /must begin with https/],
    ['javascript:alert(1)', /must begin with https/],
    ['idp.example/app', /is not a web address/],
    ['“https://idp.example/app”', /is not a web address/],
    ['https://idp.example/my app', /is not a web address/],
    ['https://idp.example/\0', /is not a web address/],
    ['https://ada:secret@idp.example/app', /must not contain a user name/],
  ] as const)
    assert.match(problems({ enabled: false, url }), said)
})

test('the metadata for IAM is read, without a byte order mark; what cannot be read is refused with its reason', () => {
  const federation = (metadata: string) => ({ ...leastTyped, federation: { metadata } })
  const taken = testSettings(federation(`\uFEFF${iamMetadata}\n`))
  assert.equal(taken.federation.metadata, iamMetadata.trim())
  assert.equal(testSettings(federation('  ')).federation.metadata, null)
  for (const [metadata, said] of [
    ['<x/>', /^federation\.metadata: \S/],
    ['<!DOCTYPE x><x/>', /^federation\.metadata: \S/],
    ['no XML at all', /^federation\.metadata: \S/],
    [`${iamMetadata}${' '.repeat(10)}<!--${'x'.repeat(256 * 1024)}-->`, /is too large: 256 KiB at most/],
  ] as const)
    assert.match(problemsOf(federation(metadata)).join('\n'), said)
})

test('fields out of their bounds, and unknown ones, are refused by name', () => {
  for (const [given, path] of [
    [{}, 'instance'],
    [{ ...leastTyped, stuckAfterSeconds: 9 }, 'stuckAfterSeconds'],
    [{ ...leastTyped, stuckAfterSeconds: 121 }, 'stuckAfterSeconds'],
    [{ ...leastTyped, agentName: 'name' }, 'agentName'],
    [{ ...leastTyped, ccpVersion: 'v3' }, 'ccpVersion'],
    [{ ...leastTyped, federation: { sessionSeconds: 899 } }, 'federation.sessionSeconds'],
    [{ ...leastTyped, federation: { sessionSeconds: 43_201 } }, 'federation.sessionSeconds'],
    [{ ...leastTyped, federation: { roleName: 'a/b' } }, 'federation.roleName'],
    [{ ...leastTyped, federation: { providerName: 'a b' } }, 'federation.providerName'],
    [{ ...leastTyped, federation: { product: 'myspace' } }, 'federation.product'],
    [{ ...leastTyped, federation: { destination: '/ccp' } }, 'federation.destination'],
  ] as const) {
    const { error } = typedAmazonConnect.safeParse(given)
    assert.deepEqual(
      error?.issues.map(({ path }) => path.join('.')),
      [path],
    )
  }
  const { error } = typedAmazonConnect.safeParse({ ...leastTyped, singlesignon: {} })
  assert.match(error?.message ?? '', /did you mean “singleSignOn”/)
})

test('the addresses of an instance follow its kind and the version of the CCP', () => {
  for (const [url, ccpVersion, ccpUrl, loginUrl, logoutUrl] of [
    ['acme', 'v2', '/ccp-v2/', '/login', '/logout'],
    ['acme', 'v1', '/connect/ccp', '/login', '/logout'],
    ['acme.awsapps.com', 'v2', '/connect/ccp-v2/', '/connect/login', '/connect/logout'],
    ['acme.awsapps.com', 'v1', '/connect/ccp', '/connect/login', '/connect/logout'],
    ['localhost:4000', 'v2', '/ccp-v2/', '/login', '/logout'],
  ] as const) {
    const settings = testSettings({ ...withInstance({ url }), ccpVersion })
    const origin = settings.instance.url
    const paths = [ccpUrl, loginUrl, logoutUrl].map((path) => `${origin}${path}`)
    assert.deepEqual(connectAddresses(settings), { ccpUrl: paths[0], loginUrl: paths[1], logoutUrl: paths[2], origin })
  }
})

test('what may go wrong is told with a cure', () => {
  const codes = (change: Readonly<Record<string, unknown>>, circumstances = { publicUrl, now }) =>
    warningsOf(testSettings(change), circumstances).map(({ code }) => code)
  assert.deepEqual(codes({}), [])
  assert.deepEqual(warningsOf(undefined, { publicUrl: 'http://sso.example', now }), [])
  assert.deepEqual(codes({}, { publicUrl: 'http://localhost:3000', now }), ['origin-not-https'])
  assert.deepEqual(codes(withInstance({ url: 'localhost:4000' })), ['instance-on-this-machine'])
  assert.deepEqual(codes(withInstance({ url: 'localhost:4000' }), { publicUrl: 'http://localhost:3000', now }), [])
  assert.deepEqual(codes({ federation: { destination: 'ccp' } }), ['destination-other-ccp'])
  assert.deepEqual(codes({ ccpVersion: 'v1', federation: { destination: 'ccp-v2' } }), ['destination-other-ccp'])
  assert.deepEqual(codes({ ccpVersion: 'v1' }), [])
  assert.deepEqual(codes({ federation: { destination: 'agent-app-v2', metadata: iamMetadata } }), [])
  const expired = iamMetadata.replace('entityID=', 'validUntil="2026-02-01T00:00:00Z" entityID=')
  const [warning] = warningsOf(testSettings({ federation: { metadata: expired } }), { publicUrl, now })
  assert.equal(warning?.code, 'metadata-unusable')
  assert.match(warning?.sentence ?? '', /2026-02-01/)
})

onEveryDatabase((kind, openFresh) => {
  test(`settings are kept an Environment, and a neighbour's are not found (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, other } = await makeNeighbours(db, testWorld())
    const [id, theirs] = [mine.environment.id, other.environment.id]
    assert.equal(await findAmazonConnect(db.read, id), undefined)
    const settings = testSettings({ federation: { metadata: iamMetadata } })
    await saveAmazonConnect(db.write, id, settings, now)
    assert.deepEqual(await findAmazonConnect(db.read, id), settings)
    assert.equal(await findAmazonConnect(db.read, theirs), undefined)
    const changed = testSettings({ requireSignIn: false })
    await saveAmazonConnect(db.write, id, changed, now)
    assert.deepEqual(await findAmazonConnect(db.read, id), changed)
    assert.equal(await removeAmazonConnect(db.write, theirs), false)
    assert.deepEqual(await findAmazonConnect(db.read, id), changed)
    assert.equal(await removeAmazonConnect(db.write, id), true)
    assert.equal(await findAmazonConnect(db.read, id), undefined)
  })
})
