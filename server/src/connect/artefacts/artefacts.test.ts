import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parseDocument } from 'yaml'
import { type ArtefactName, artefactNames, listArtefacts } from '#connect/artefacts/artefacts.ts'
import { type AmazonConnectSettings, storedAmazonConnect } from '#connect/settings.ts'

const id = '11111111-2222-3333-4444-555555555555'
const metadata = `<?xml version="1.0"?>\r\n  <EntityDescriptor entityID="https://idp.example/\${it}">\n\n\t</EntityDescriptor>\n`

type Changes = { readonly instance?: object; readonly federation?: object }

function settingsOf({ instance = {}, federation = {} }: Changes = {}): AmazonConnectSettings {
  return storedAmazonConnect.parse({
    instance: { url: 'https://acme.my.connect.aws', region: 'eu-west-2', id, accountId: '123456789012', ...instance },
    singleSignOn: { enabled: false, url: null, autoCloseWindow: true },
    federation: {
      product: 'okta',
      providerName: 'CompanyDirectory',
      roleName: 'AmazonConnectAgent',
      sessionSeconds: 36_000,
      metadata,
      destination: null,
      ...federation,
    },
  })
}

function artefact(name: ArtefactName, settings: AmazonConnectSettings | 'none' = settingsOf()) {
  const found = listArtefacts(settings === 'none' ? undefined : settings).find((one) => one.name === name)
  assert.ok(found, name)
  return found
}

const trust = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: 'arn:aws:iam::123456789012:saml-provider/CompanyDirectory' },
      Action: 'sts:AssumeRoleWithSAML',
      Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
    },
  ],
}
const permission = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: 'connect:GetFederationToken',
      Resource: [`arn:aws:connect:eu-west-2:123456789012:instance/${id}/user/\${aws:userid}`],
    },
  ],
}
const listing = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['iam:ListRoles', 'iam:ListAccountAliases'], Resource: '*' }],
}

test('the policies are those that AWS asks for', () => {
  assert.deepEqual(JSON.parse(artefact('trust-policy.json').text), trust)
  assert.deepEqual(JSON.parse(artefact('permission-policy.json').text), permission)
  assert.deepEqual(JSON.parse(artefact('role-listing-policy.json').text), listing)
})

test('GovCloud and China have ARNs and a sign-in address of their own', () => {
  for (const [region, partition, address] of [
    ['us-gov-west-1', 'aws-us-gov', 'https://signin.amazonaws-us-gov.com/saml'],
    ['cn-north-1', 'aws-cn', 'https://signin.amazonaws.cn/saml'],
  ] as const) {
    const settings = settingsOf({ instance: { region } })
    const [statement] = JSON.parse(artefact('trust-policy.json', settings).text).Statement
    assert.equal(statement.Principal.Federated, `arn:${partition}:iam::123456789012:saml-provider/CompanyDirectory`)
    assert.deepEqual(statement.Condition, { StringEquals: { 'SAML:aud': address } })
    assert.match(artefact('permission-policy.json', settings).text, new RegExp(`"arn:${partition}:connect:${region}:`))
  }
})

test('Entra lists roles alone, Okta aliases too, others have no such user', () => {
  const actions = (product: string | null) =>
    JSON.parse(artefact('role-listing-policy.json', settingsOf({ federation: { product } })).text).Statement[0].Action
  assert.deepEqual(actions('entra-id'), ['iam:ListRoles'])
  assert.deepEqual(actions(null), ['iam:ListRoles'])
  const names = listArtefacts(settingsOf({ federation: { product: 'ad-fs' } })).map(({ name }) => name)
  assert.deepEqual(
    names,
    artefactNames.filter((name) => name !== 'role-listing-policy.json'),
  )
  for (const product of ['ad-fs', null])
    for (const { name, text } of listArtefacts(settingsOf({ federation: { product } })))
      if (name.startsWith('amazon-')) assert.doesNotMatch(text, /lists-roles/)
})

/** What CloudFormation would make of its tags, for a stack in the account of the tests. */
function deploy(text: string) {
  const stack = {
    'AWS::Partition': 'aws',
    'AWS::AccountId': '123456789012',
    IdentityProvider: trust.Statement[0]?.Principal.Federated,
    'AgentRole.Arn': 'arn:aws:iam::123456789012:role/AmazonConnectAgent',
  }
  const look = (name: string) => stack[name as keyof typeof stack] ?? assert.fail(name)
  const document = parseDocument(text, {
    customTags: [
      { tag: '!Ref', resolve: (name: string) => look(name) },
      {
        tag: '!Sub',
        resolve: (template: string) =>
          template.replaceAll(/\$\{(!?)([^}]*)\}/g, (_all, literal, name) => (literal ? `\${${name}}` : look(name))),
      },
    ],
  })
  assert.deepEqual(document.errors, [])
  assert.deepEqual(document.warnings, [])
  return document.toJS()
}

test('the CloudFormation template makes the provider, the role and the listing user', () => {
  const { Resources, Outputs, AWSTemplateFormatVersion } = deploy(artefact('amazon-connect-federation.yaml').text)
  assert.equal(AWSTemplateFormatVersion, '2010-09-09')
  const { IdentityProvider, AgentRole, RoleListingUser } = Resources
  assert.deepEqual(IdentityProvider, {
    Type: 'AWS::IAM::SAMLProvider',
    Properties: { Name: 'CompanyDirectory', SamlMetadataDocument: metadata.replace('\r', '').trimEnd() },
  })
  assert.deepEqual(AgentRole, {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'AmazonConnectAgent',
      MaxSessionDuration: 36_000,
      AssumeRolePolicyDocument: trust,
      Policies: [{ PolicyName: 'AmazonConnectFederation', PolicyDocument: permission }],
    },
  })
  assert.deepEqual(RoleListingUser.Properties.Policies, [{ PolicyName: 'ListRoles', PolicyDocument: listing }])
  assert.equal(
    Outputs.RoleValue.Value,
    'arn:aws:iam::123456789012:role/AmazonConnectAgent,arn:aws:iam::123456789012:saml-provider/CompanyDirectory',
  )
})

test('a template too long for CloudFormation to take at once says so', () => {
  const long = `<a>${'x'.repeat(60_000)}</a>`
  const { text } = artefact('amazon-connect-federation.yaml', settingsOf({ federation: { metadata: long } }))
  assert.match(text, /^# Too long to be pasted: upload it to S3/)
  assert.equal(deploy(text).Resources.IdentityProvider.Properties.SamlMetadataDocument, long)
})

test('metadata with characters that YAML cannot show, a byte order mark, or spaces at first arrives whole', () => {
  for (const text of [
    '<a>\u0085\u2028 \u009f</a>',
    '   <a>\n <b/>\n</a>',
    '<a>: # "x" \'y\' %</a>',
    '<a>🦆 \ufeff</a>',
  ]) {
    const yaml = artefact('amazon-connect-federation.yaml', settingsOf({ federation: { metadata: `\ufeff${text}` } }))
    assert.equal(deploy(yaml.text).Resources.IdentityProvider.Properties.SamlMetadataDocument, text)
  }
  const file = artefact('identity-provider-metadata.xml', settingsOf({ federation: { metadata: '\ufeff<a/>' } }))
  assert.equal(file.text, '<a/>')
})

// @see https://yaml.org/spec/1.1/#b-char AWS reads YAML 1.1, where three more characters end a line.
test('metadata cannot begin a line of the template, where the reader knows more line ends than ours', () => {
  for (const text of [
    '<a>\u2028  Evil: {Type: "AWS::IAM::User"}\u2028  # </a>',
    '<a>\u2029Evil</a>',
    '<a>\u0085Evil</a>',
    '<a>\u2028\u{1f986}\u007f\ufeff \\ "</a>',
  ]) {
    const yaml = artefact('amazon-connect-federation.yaml', settingsOf({ federation: { metadata: text } })).text
    assert.match(yaml, /^[\n\x20-\x7e]*$/)
    assert.equal(deploy(yaml).Resources.IdentityProvider.Properties.SamlMetadataDocument, text)
  }
})

test('metadata full of line ends is written down as fast as any other', () => {
  const long = `<a>${'\n'.repeat(250_000)}</a>\n\n`
  const start = performance.now()
  const { text } = artefact('amazon-connect-federation.yaml', settingsOf({ federation: { metadata: long } }))
  assert.ok(performance.now() - start < 3_000)
  assert.equal(deploy(text).Resources.IdentityProvider.Properties.SamlMetadataDocument, long.trimEnd())
})

/** HCL has no parser here; what stands in jsonencode is nearly JSON. */
function jsonencoded(text: string): unknown[] {
  const bodies = [...text.matchAll(/jsonencode\((\{.*?^ {2}\})\)/gms)].map(([, body = '']) => body)
  return bodies.map((body) => {
    const json = body
      .replaceAll(
        /("[^"\n]*"|\b[A-Za-z]+)\s+=\s/g,
        (_all, key: string) => `${JSON.stringify(key.replaceAll('"', ''))}: `,
      )
      .replaceAll(
        'aws_iam_saml_provider.identity_provider.arn',
        JSON.stringify(trust.Statement[0]?.Principal.Federated),
      )
      .replaceAll(/(["\]}\d])\n(\s*")/g, '$1,\n$2')
      .replaceAll(`\${data.aws_partition.current.partition}`, 'aws')
      .replaceAll(`\${data.aws_caller_identity.current.account_id}`, '123456789012')
    // Two dollar signs are one to Terraform, and no interpolation.
    assert.doesNotMatch(json, /(?<!\$)\$\{/)
    return JSON.parse(json.replaceAll('$$', '$'))
  })
}

test('the Terraform file makes the same', () => {
  const { text } = artefact('amazon-connect-federation.tf')
  assert.deepEqual(jsonencoded(text), [trust, permission, listing])
  for (const pair of ['{}', '[]', '()'])
    assert.equal(text.split(pair.charAt(0)).length, text.split(pair.charAt(1)).length, pair)
  assert.deepEqual(
    [...text.matchAll(/^resource "(\w+)" "(\w+)" \{$/gm)].map(([, type]) => type),
    ['aws_iam_saml_provider', 'aws_iam_role', 'aws_iam_role_policy', 'aws_iam_user', 'aws_iam_user_policy'],
  )
  assert.match(text, /^ {2}max_session_duration = 36000$/m)
  assert.match(text, /saml_metadata_document = file\("\$\{path\.module\}\/identity-provider-metadata\.xml"\)/)
})

/** Runs the script with a pretend AWS CLI that writes down what it is asked. */
function run(t: TestContext, text: string, account = '123456789012') {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-aws-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const asked = join(folder, 'asked')
  const program = `#!/bin/sh\nprintf '%s\\001' "$@" >> '${asked}'\nprintf '\\002' >> '${asked}'\nif [ "$1" = sts ]; then echo ${account}; fi\n`
  writeFileSync(join(folder, 'aws'), program)
  chmodSync(join(folder, 'aws'), 0o755)
  const { status, stderr, stdout } = spawnSync('/bin/sh', ['-s'], {
    input: text,
    env: { PATH: `${folder}:/usr/bin:/bin` },
    encoding: 'utf8',
    timeout: 20_000,
  })
  const calls = readFileSync(asked, 'utf8').split('\u0002').slice(0, -1)
  return { status, stderr, stdout, calls: calls.map((call) => call.split('\u0001').slice(0, -1)) }
}

test('the commands make the same, in no other account', (t) => {
  const { text } = artefact('amazon-connect-federation.sh')
  const { status, stdout, stderr, calls } = run(t, text)
  assert.deepEqual([status, stderr], [0, ''])
  assert.deepEqual(
    calls.map(([service, what]) => `${service} ${what}`),
    [
      'sts get-caller-identity',
      'iam create-saml-provider',
      'iam create-role',
      'iam put-role-policy',
      'iam create-user',
      'iam put-user-policy',
    ],
  )
  assert.deepEqual(
    [2, 3, 5].map((index) => JSON.parse(calls[index]?.at(-1) ?? '')),
    [trust, permission, listing],
  )
  assert.match(
    stdout,
    /^arn:aws:iam::123456789012:role\/AmazonConnectAgent,arn:aws:iam::.*:saml-provider\/CompanyDirectory$/m,
  )
  const elsewhere = run(t, text, '999999999999')
  assert.deepEqual([elsewhere.status, elsewhere.calls.length], [1, 1])
  assert.match(elsewhere.stderr, /account 999999999999, not in 123456789012\. Nothing was made\./)
})

test('the variable of the agent is literal in each of them', () => {
  for (const name of ['permission-policy.json', 'amazon-connect-federation.sh'] as const)
    assert.ok(artefact(name).text.includes(`/user/\${aws:userid}`), name)
  assert.ok(artefact('amazon-connect-federation.tf').text.includes(`/user/$\${aws:userid}`))
  assert.ok(artefact('amazon-connect-federation.yaml').text.includes(`/user/\${!aws:userid}`))
})

test('a session shorter than an hour needs a role that allows an hour', () => {
  const settings = settingsOf({ federation: { sessionSeconds: 900 } })
  assert.match(artefact('amazon-connect-federation.tf', settings).text, /max_session_duration = 3600/)
})

test('what is not known yet is told, and stands there in capitals', (t) => {
  const nothing = listArtefacts(undefined)
  assert.deepEqual(
    nothing.map(({ name, missing }) => [name, missing.length]),
    [
      ['trust-policy.json', 1],
      ['permission-policy.json', 2],
      ['role-listing-policy.json', 0],
      ['amazon-connect-federation.yaml', 2],
      ['amazon-connect-federation.tf', 2],
      ['amazon-connect-federation.sh', 3],
    ],
  )
  for (const { missing } of listArtefacts(settingsOf())) assert.deepEqual(missing, [])
  const script = artefact('amazon-connect-federation.sh', 'none').text
  assert.match(script, /arn:aws:connect:REGION:ACCOUNT_ID:instance\/INSTANCE_ID\/user/)
  assert.equal(run(t, script).status, 0)
})
