import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { artefactNames, listArtefacts } from '#connect/artefacts/artefacts.ts'
import { awsErrorIds, awsErrors } from '#connect/aws-check/aws-errors.ts'
import { deepLinkProducts } from '#connect/deep-links/deep-links.ts'
import { federationGuide } from '#connect/federation-guide/federation-guide.ts'
import { awsAttributes } from '#connect/federation-guide/guide.ts'
import { federationPage } from '#connect/federation-guide/page.ts'
import { federationNotes } from '#connect/federation-guide/product-notes.ts'
import { relayStateOf } from '#connect/relay-state.ts'
import { deepLink, instanceArn, testSettings } from '#connect/test-settings.ts'

const here = { agentUrl: 'https://sso.example/acme/production', publicUrl: 'https://sso.example' }
const settings = testSettings({ singleSignOn: { enabled: true, url: deepLink }, federation: { product: 'okta' } })

function guideOf(product?: string, of: typeof settings | undefined = settings) {
  const guide = federationGuide(of, here, product)
  assert.ok(guide)
  return guide
}

test('the five steps have the values of the Environment', () => {
  const { product, steps } = guideOf()
  assert.equal(product, 'okta')
  assert.deepEqual(
    steps.map(({ number, optional }) => [number, optional]),
    [
      [1, false],
      [2, false],
      [3, false],
      [4, false],
      [5, true],
    ],
  )
  const values = steps.map(({ fields }) => fields.map(({ ourValue }) => ourValue))
  const role = 'arn:aws:iam::123456789012:role/AmazonConnectAgent'
  const provider = 'arn:aws:iam::123456789012:saml-provider/CompanyDirectory'
  const address = 'https://signin.aws.amazon.com/saml'
  assert.deepEqual(values, [
    ['https://sso.example', 'https://acme.my.connect.aws', instanceArn],
    [
      ...['CompanyDirectory', 'AmazonConnectAgent', address, address],
      ...[
        'https://signin.aws.amazon.com/static/saml-metadata.xml',
        `${role},${provider}`,
        'the agent’s login name in Amazon Connect',
        '36000',
      ],
    ],
    [relayStateOf(settings)],
    [deepLink, here.agentUrl],
    [here.agentUrl],
  ])
})

test('the step in Sallyport names the settings as the page does', () => {
  const [, , , step] = guideOf().steps
  const text = step?.text.join('\n') ?? ''
  for (const label of [
    'Company Environment Configuration',
    'Amazon Connect Integration',
    'Amazon Connect Single Sign-On Behavior enabled',
    'Amazon Connect Single Sign-On URL',
    'Auto-Close Amazon Connect Window during Sign-On',
    'Sign-in',
  ])
    assert.ok(text.includes(label), label)
})

test('without an instance the guide is there, and says which values are missing', () => {
  const { product, steps } = guideOf(undefined, undefined as never) ?? {}
  assert.equal(product, 'okta')
  const guide = federationGuide(undefined, here)
  assert.equal(guide?.product, 'generic')
  const [first, second, third] = guide?.steps ?? []
  assert.deepEqual(
    [first, second, third].map((step) => step?.fields.map(({ ourValue }) => ourValue === null)),
    [[false, true, true], [false, false, false, false, false, true, false, false], [true]],
  )
  assert.equal(steps?.length, 5)
  assert.equal(federationGuide(settings, here, 'constructor'), undefined)
})

for (const { product, name, relayState } of deepLinkProducts)
  test(`${name}: notes where the product differs, and texts without gaps`, () => {
    const { steps, introduction, beforeYouBegin, terms, troubleshooting } = guideOf(product)
    assert.deepEqual(
      steps.map(({ notes }) => notes.length),
      [0, (federationNotes[product] ?? []).length, 1, 0, 1],
    )
    assert.equal(product === 'generic' || federationNotes[product] !== undefined, true)
    const notes = steps.flatMap((step) => step.notes.flatMap(({ text }) => text))
    assert.ok(notes.some((text) => text.includes(relayState.field)))
    const texts = [...introduction, ...beforeYouBegin, ...steps.flatMap(({ text }) => text), ...notes]
    for (const text of [...texts, ...terms.map(({ meaning }) => meaning)]) {
      assert.match(text, /\S/)
      assert.doesNotMatch(text, /undefined|null|\{(roleValue|signInAddress|metadataOfAws|roleName|providerArn)\}/)
    }
    assert.deepEqual(
      troubleshooting.map(({ error }) => error),
      awsErrorIds,
    )
    const listing = steps[1]?.artefacts.includes('role-listing-policy.json')
    const offered = listArtefacts({ ...settings, federation: { ...settings.federation, product } })
    assert.equal(
      listing,
      offered.some((one) => one.name === 'role-listing-policy.json'),
    )
  })

test('Entra ID: the three claims without which AWS calls the response invalid', () => {
  const notes = guideOf('entra-id').steps[1]?.notes ?? []
  const note = notes.find(({ table }) => table !== null)
  assert.match(note?.text.join(' ') ?? '', /“Your request included an invalid SAML response”/)
  assert.deepEqual(
    note?.table?.rows.map((row) => row.slice(0, 2)),
    [
      ['RoleSessionName', awsAttributes],
      ['Role', awsAttributes],
      ['SessionDuration', awsAttributes],
    ],
  )
  assert.deepEqual(
    note?.table?.rows.map(([, , source]) => source?.split(' ')[0]),
    ['user.userprincipalname', 'user.assignedroles', '36000'],
  )
})

test('Okta: groups decide by this filter', () => {
  const text =
    guideOf('okta')
      .steps[1]?.notes.flatMap((note) => note.text)
      .join('\n') ?? ''
  assert.ok(text.includes(String.raw`^aws\#\S+\#(?{{role}}[\w\-]+)\#(?{{accountid}}\d+)$`), text)
  assert.ok(text.includes('aws#ALIAS#ROLE#ACCOUNT'))
  assert.ok(text.includes('arn:aws:iam::123456789012:saml-provider/CompanyDirectory'))
})

test('products that take RelayState on the link alone get a link with it', () => {
  const url = 'https://sso.acme.example:9031/idp/startSSO.ping?PartnerSpId=urn:amazon:webservices'
  const of = testSettings({ singleSignOn: { enabled: true, url }, federation: { product: 'pingfederate' } })
  const [field] = guideOf(undefined, of).steps[3]?.fields ?? []
  assert.equal(field?.ourValue, `${url}&TargetResource=${encodeURIComponent(relayStateOf(of))}`)
})

test('docs/aws-federation.md says the same; write-page.ts writes it', () => {
  const page = readFileSync(new URL('../../../../docs/aws-federation.md', import.meta.url), 'utf8')
  assert.equal(page, federationPage())
  const { steps, terms } = guideOf('generic')
  assert.deepEqual(
    [...page.matchAll(/^## (\d)\. (.*?)( \(optional\))?$/gm)].map(([, number, title]) => [Number(number), title]),
    steps.map(({ number, title }) => [number, title]),
  )
  const unescaped = page.replaceAll('\\', '')
  for (const error of awsErrorIds) assert.ok(unescaped.includes(`| “${awsErrors[error].text}” |`), error)
  for (const { term } of terms) assert.ok(page.includes(`| ${term} |`), term)
  for (const { name } of deepLinkProducts.slice(0, -1)) assert.ok(page.includes(`\n### ${name}\n`), name)
  for (const name of artefactNames) assert.ok(page.includes(`\`${name}\``), name)
})
