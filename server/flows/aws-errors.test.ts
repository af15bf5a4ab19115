// Every error of AWS's and Amazon Connect's troubleshooting pages: what our check says of a response is what a sign-in
// with it comes to. The pretend AWS of the sandbox was written apart, from AWS's pages alone.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { parseCertificates } from '@sallyport/saml'
import { createSandbox, createSandboxKey } from '@sallyport/sandbox'
import { type AwsErrorId, awsErrorIds, awsErrors } from '#connect/aws-check/aws-errors.ts'
import { type AwsReport, checkForAws } from '#connect/aws-check/check-for-aws.ts'
import { awsFaults } from '#connect/aws-check/test-faults.ts'
import {
  account,
  type Change,
  issuer,
  metadataOf,
  now,
  responseField,
  responseXml,
  settingsWith,
  signers,
} from '#connect/aws-check/test-response.ts'
import { relayStateOf } from '#connect/relay-state.ts'

type Sandbox = Awaited<ReturnType<typeof startAws>>
type AwsAccount = NonNullable<Parameters<typeof createSandbox>[0]['awsAccount']>
type Role = AwsAccount['roles'][number]

// The instance of the sandbox is in this region.
const settings = settingsWith()
const inUsEast = { ...settings, instance: { ...settings.instance, region: 'us-east-1' } }
const relayState = relayStateOf(inUsEast)
const provider = `arn:aws:iam::${account}:saml-provider/CompanyDirectory`

const usual = {
  actions: ['sts:AssumeRoleWithSAML'],
  may: 'connect:GetFederationToken',
  certificatePem: signers.idp.certificatePem ?? '',
}

function iamWith(change: Partial<typeof usual> = {}): AwsAccount {
  const { actions, may, certificatePem } = { ...usual, ...change }
  const role: Role = {
    arn: `arn:aws:iam::${account}:role/AmazonConnectAgent`,
    trust: [
      {
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: actions,
        Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
      },
    ],
    permissions: [{ Effect: 'Allow', Action: may, Resource: '*' }],
  }
  const certificates = parseCertificates(certificatePem)
  return { providers: [{ arn: provider, entityId: issuer, certificates }], roles: [role] }
}

async function startAws(t: TestContext, awsAccount: AwsAccount = iamWith()) {
  const world = { clock: () => now, chance: { bytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)) } }
  const urls = { publicUrl: 'http://localhost:4000', sallyportUrl: 'http://localhost:3000' }
  const sandbox = createSandbox({ ...world, ...urls, ...(await createSandboxKey(world)), awsAccount })
  t.after(() => sandbox.close())
  /** Posts to the pretend AWS and goes wherever it leads, to the page on which it ends. */
  const signIn = async (fields: Readonly<Record<string, string>>): Promise<string> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const payload = new URLSearchParams(fields).toString()
    let answer = await sandbox.inject({ method: 'POST', url: '/saml', headers, payload })
    const cookies = new Map<string, string>()
    for (let hops = 0; answer.headers.location !== undefined && hops < 5; hops++) {
      for (const { name, value } of answer.cookies) cookies.set(name, value)
      const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
      answer = await sandbox.inject({ method: 'GET', url: String(answer.headers.location), headers: { cookie } })
    }
    return answer.body
  }
  const page = async (url: string): Promise<string> => (await sandbox.inject({ method: 'GET', url })).body
  return { signIn, page }
}

function check(change: Change, relay = relayState, { federation } = inUsEast): AwsReport {
  const xml = Buffer.from(responseXml(change))
  return checkForAws(
    { where: 'a form', xml, notes: [] },
    { settings: { ...inUsEast, federation }, now, justPosted: true, relayState: relay },
  )
}

/** The text on a page, without what HTML escapes. */
function says(body: string): readonly AwsErrorId[] {
  const text = body.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
  return awsErrorIds.filter((error) => text.includes(awsErrors[error].text))
}

async function signIn({ signIn }: Sandbox, change: Change = {}, relay = relayState): Promise<string> {
  return signIn({ SAMLResponse: responseField(change), RelayState: relay })
}

const judged = (report: AwsReport, error: AwsErrorId) => report.errors.find((one) => one.error === error)?.judgement

test('a sound response signs in, and no error would be caused', async (t) => {
  const aws = await startAws(t)
  for (const signed of ['assertion', 'response', 'both'] as const) {
    const body = await signIn(aws, { signed })
    assert.deepEqual([says(body), check({ signed }).firstError], [[], null])
    assert.doesNotMatch(body, /Management Console/)
  }
})

for (const { title, change, error } of awsFaults) {
  test(`${title}: both say “${awsErrors[error].text}”`, async (t) => {
    const report = check(change)
    assert.equal(report.firstError, error)
    assert.deepEqual(says(await signIn(await startAws(t), change)), [error])
  })
}

test('what AWS takes is taken by both', async (t) => {
  const aws = await startAws(t)
  const taken: readonly Change[] = [
    { values: { Role: [`${provider},arn:aws:iam::${account}:role/AmazonConnectAgent`] } },
    { values: { SessionDuration: [] } },
    { values: { SessionDuration: ['soon'] } },
    { assertion: { audience: 'urn:amazon:webservices' } },
    { response: { destination: 'https://elsewhere.example' } },
  ]
  for (const change of taken)
    assert.deepEqual([says(await signIn(aws, change)), check(change).firstError], [[], null], JSON.stringify(change))
})

test('a certificate that has expired is taken by both: IAM does not look at its dates', async (t) => {
  const long = {
    clock: () => new Date('2010-01-01T00:00:00Z'),
    chance: { bytes: (size: number) => new Uint8Array(size) },
  }
  const { key, certificatePem } = await createSandboxKey(long)
  const signer = { key, certificatePem, algorithm: 'rsa-sha256' } as const
  const metadata = metadataOf(certificatePem)
  const report = check({ signer }, relayState, settingsWith({ metadata }))
  assert.match(`${report.checks.find(({ code }) => code === 'signature')?.sentence}`, /outside its dates/)
  const aws = await startAws(t, iamWith({ certificatePem }))
  assert.deepEqual([report.firstError, says(await signIn(aws, { signer }))], [null, []])
})

test('what is in IAM decides the rest, and our check does not rule it out', async (t) => {
  const tagged: Change = { values: { 'PrincipalTag:Team': ['a'] } }
  const named: Change = { values: { SourceIdentity: ['ada'] } }
  for (const change of [tagged, named]) {
    assert.deepEqual(says(await signIn(await startAws(t), change)), ['not-authorized'])
    assert.equal(judged(check(change), 'not-authorized'), 'cannot-tell')
  }
  const actions = ['sts:AssumeRoleWithSAML', 'sts:TagSession', 'sts:SetSourceIdentity']
  const generous = await startAws(t, iamWith({ actions }))
  for (const change of [tagged, named]) assert.deepEqual(says(await signIn(generous, change)), [])
  const powerless = await startAws(t, iamWith({ may: 'connect:ListUsers' }))
  assert.deepEqual(says(await signIn(powerless)), ['access-denied-administrator'])
  assert.equal(judged(check({}), 'access-denied-administrator'), 'cannot-tell')
})

test('another instance or another region in the RelayState: Amazon Connect denies access, and our check says why', async (t) => {
  const permissions = await startAws(t)
  const { region, id } = inUsEast.instance
  for (const relay of [
    relayState.replace(id, id.replace(/^6f0a2c1e/, '00000000')),
    relayState.replace(region, 'eu-west-2'),
  ]) {
    assert.equal(check({}, relay).firstError, 'access-denied-administrator')
    assert.deepEqual(says(await signIn(permissions, {}, relay)), ['access-denied-administrator'], relay)
  }
})

test('a name that Amazon Connect does not know: our check names it, exactly as it must stand there', async (t) => {
  const aws = await startAws(t)
  for (const name of ['katherine', 'Ada']) {
    const change: Change = { values: { RoleSessionName: [name] } }
    assert.deepEqual(says(await signIn(aws, change)), ['not-onboarded'])
    const { judgement, why } = check(change).errors.find(({ error }) => error === 'not-onboarded') ?? {}
    assert.deepEqual([judgement, why?.includes(`“${name}”`)], ['cannot-tell', true])
  }
})

test('the instance’s own login page says that the session has expired, which no response causes', async (t) => {
  const { page } = await startAws(t)
  assert.deepEqual(says(await page('/login')), ['session-expired'])
  assert.equal(judged(check({}), 'session-expired'), 'would-not')
})

test('without RelayState the window lands on the console, and our check says so', async (t) => {
  const { signIn } = await startAws(t)
  assert.match(await signIn({ SAMLResponse: responseField() }), /AWS Management Console/)
  const failed = check({}, '').checks.filter(({ outcome }) => outcome === 'failed')
  assert.deepEqual(
    failed.map(({ code }) => code),
    ['relay-state'],
  )
})

test('every error of the two pages has its row, or is none that a response could cause', () => {
  const shown = new Set<AwsErrorId>(awsFaults.map(({ error }) => error))
  const sound = check({})
  for (const error of awsErrorIds) {
    const { stage } = awsErrors[error]
    if (stage === 'sign-in') assert.ok(shown.has(error), error)
    else assert.notEqual(judged(sound, error), 'would-cause', error)
  }
})
