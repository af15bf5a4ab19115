import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { deepLinkProducts, findDeepLinkProduct } from '#connect/deep-links/deep-links.ts'
import { linkFindings } from '#connect/deep-links/link-findings.ts'
import { readDeepLink } from '#connect/deep-links/read-link.ts'
import { encodedForLink } from '#connect/deep-links/relay-state-of-link.ts'
import { buildRelayState, type RelayStateParts } from '#connect/relay-state.ts'
import { federationProducts } from '#connect/settings.ts'

const id = '11111111-2222-3333-4444-555555555555'
const wanted: RelayStateParts = {
  region: 'eu-west-2',
  instanceId: id,
  destination: 'ccp-v2',
  newDomain: true,
  vdiPlatform: null,
}
const relayState = buildRelayState(wanted)
const around = { instanceUrl: 'https://acme.my.connect.aws', publicUrl: 'https://sso.example', relayState: wanted }
const codesOf = (text: string, product?: string) =>
  readDeepLink(text, { ...around, product }).findings.map(({ code }) => code)

test('every product of the settings has a module, found by its name', () => {
  assert.deepEqual(deepLinkProducts.map(({ product }) => product).toSorted(), [...federationProducts].toSorted())
  for (const product of deepLinkProducts) assert.equal(findDeepLinkProduct(product.product), product)
  assert.equal(findDeepLinkProduct('constructor'), undefined)
})

for (const { product, name, link, relayState: how, hide, shortcut } of deepLinkProducts)
  for (const form of link.forms)
    test(`${name}: the example of ${form.shown} is recognised, with RelayState in it, too`, () => {
      for (const text of [link.where, how.field, hide, shortcut]) assert.match(text, /[.]$/)
      const read = readDeepLink(form.example, around)
      assert.equal(read.product, product)
      const broken = read.findings.filter(({ severity }) => severity === 'broken').map(({ code }) => code)
      assert.deepEqual(
        broken.filter((code) => code !== 'relay-state-missing'),
        [],
      )
      assert.equal(broken.length > 0, how.onlyOnLink === true)
      const { link: carrying, note } = encodedForLink(product, form.example, relayState)
      assert.match(note, /[.]$/)
      assert.equal(carrying === null, how.parameter === undefined || form.ignoresRelayState === true)
      if (carrying === null) return
      const back = readDeepLink(carrying, around)
      assert.deepEqual(back.relayState?.parts, wanted)
      assert.deepEqual(
        back.findings.filter(({ severity }) => severity !== 'note'),
        read.findings.filter(({ severity, code }) => severity !== 'note' && code !== 'relay-state-missing'),
      )
      assert.equal(encodedForLink(product, carrying, relayState).link, carrying, 'it is put in once')
    })

test('the RelayState is encoded again inside a link; AD FS takes it encoded twice more', () => {
  const okta = encodedForLink('okta', 'https://acme.okta.com/app/amazon_aws/exk1/sso/saml?fromHome=true', relayState)
  assert.equal(
    okta.link,
    `https://acme.okta.com/app/amazon_aws/exk1/sso/saml?fromHome=true&RelayState=https%3A%2F%2Feu-west-2.console.aws.amazon.com%2Fconnect%2Ffederate%2F${id}%3Fdestination%3D%252Fccp-v2%26new_domain%3Dtrue`,
  )
  const adFs = encodedForLink('ad-fs', 'https://sts.acme.example/adfs/ls/idpinitiatedsignon.aspx', relayState)
  assert.equal(
    adFs.link,
    `https://sts.acme.example/adfs/ls/idpinitiatedsignon.aspx?RelayState=RPID%3Durn%253Aamazon%253Awebservices%26RelayState%3Dhttps%253A%252F%252Feu-west-2.console.aws.amazon.com%252Fconnect%252Ffederate%252F${id}%253Fdestination%253D%25252Fccp-v2%2526new_domain%253Dtrue`,
  )
  assert.match(adFs.note, /EnableRelayStateForIdpInitiatedSignOn/)
})

test('where the link does not carry it, the note says where it is entered', () => {
  assert.deepEqual(encodedForLink('google-workspace', 'https://accounts.google.com/o/saml2/initsso', relayState), {
    link: null,
    note: 'Enter it at Google Workspace: The application for AWS, Service provider details: Start URL.',
  })
  assert.match(encodedForLink(undefined, undefined, relayState).note, /^Enter it at the identity provider: /)
  assert.match(encodedForLink('okta', undefined, relayState).note, /the link is built here/)
  assert.equal(encodedForLink('okta', 'acme', relayState).note, 'The deep link is not an address.')
  assert.match(encodedForLink('okta', 'https://acme.okta.com/home/a/b/1', relayState).note, /does not carry it/)
})

const signOn = 'https://acme.okta.com/app/amazon_aws/exk1/sso/saml'
const ping = 'https://sso.acme.example:9031/idp/startSSO.ping'
const encoded = encodeURIComponent(relayState)
const federate = `https://eu-west-2.console.aws.amazon.com/connect/federate/${id}`

const mistakes: readonly (readonly [text: string, code: string, product?: string])[] = [
  ['x'.repeat(5000), 'too-long'],
  ['', 'empty'],
  [`“${signOn}” `, 'space-or-quotes'],
  ['acme.okta.com', 'not-an-address'],
  ['javascript:alert(1)', 'not-an-address'],
  [signOn.replace('https', 'http'), 'not-https'],
  [relayState, 'is-relay-state'],
  ['https://eu-west-2.console.aws.amazon.com/connect/v2/app/instances', 'aws-console'],
  ['https://acme.my.connect.aws/ccp-v2/', 'address-of-instance'],
  ['https://acme.awsapps.com/connect/login', 'address-of-instance'],
  ['https://signin.aws.amazon.com/saml', 'address-of-aws-sign-in'],
  ['https://signin.aws.amazon.com/static/saml-metadata.xml', 'address-of-metadata'],
  ['https://acme.okta.com/app/exk1/sso/saml/metadata', 'address-of-metadata'],
  ['https://sso.example/acme/production', 'own-address'],
  ['https://login.microsoftonline.com/x/saml2?SAMLRequest=abc', 'carries-request'],
  ['https://acme-admin.okta.com/admin/app/amazon_aws/instance/0oa1/#tab-general', 'page-for-administrators'],
  ['https://portal.azure.com/#view/Microsoft_AAD_IAM/ManagedAppMenuBlade', 'page-for-administrators'],
  ['https://entra.microsoft.com/', 'page-for-administrators'],
  ['https://acme.onelogin.com/apps/1234567/edit', 'page-for-administrators'],
  ['https://admin.google.com/ac/apps/saml', 'page-for-administrators'],
  ['https://myapps.microsoft.com/', 'home-of-identity-provider'],
  ['https://acme.okta.com/app/UserHome', 'home-of-identity-provider'],
  ['https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/saml2', 'endpoint-for-requests'],
  ['https://sts.acme.example/adfs/ls/', 'endpoint-for-requests'],
  ['https://idp.acme.example/idp/profile/SAML2/Redirect/SSO', 'endpoint-for-requests'],
  ['https://login.acme.example/launch/aws', 'unknown-identity-provider'],
  [signOn, 'other-product', 'entra-id'],
  ['https://login.acme.example/launch/aws', 'form-unknown', 'okta'],
  ['https://login.acme.example/app/amazon_aws/exk1/sso/saml', 'custom-domain', 'okta'],
  [ping, 'parameter-missing'],
  [`${ping}?partnerspid=urn:amazon:webservices`, 'parameter-case'],
  [`${ping}?PartnerSpId=urn:Amazon:WebServices`, 'other-service-provider'],
  [`${signOn}?RelayState=${federate}?destination=/connect/ccp`, 'relay-state-raw'],
  [`${signOn}?RelayState=${relayState}`, 'relay-state-torn'],
  [`${signOn}?RelayState=${encodeURIComponent(encoded)}`, 'relay-state-encoded-twice'],
  [`${signOn}?RelayState=${encoded}&RelayState=${encoded}`, 'relay-state-twice'],
  [`https://acme.okta.com/home/amazon_aws/0oa1/272?RelayState=${encoded}`, 'relay-state-ignored'],
  [`https://myapps.microsoft.com/signin/${id}?tenantId=${id}&RelayState=${encoded}`, 'relay-state-unconfirmed'],
  [signOn, 'relay-state-elsewhere'],
  [`${ping}?PartnerSpId=urn:amazon:webservices`, 'relay-state-missing'],
  ['https://accounts.google.com/o/saml2/initsso?idpid=C01&spid=2&forceauthn=true', 'asks-again'],
]

const ownMistakes: typeof mistakes = [
  [`https://myapps.microsoft.com/signin/${id}`, 'entra-tenant-missing'],
  ['https://acme.okta.com/home/amazon_aws/0oa1/272', 'okta-embed-link'],
  ['https://sso.connect.pingidentity.com/sso/sp/initsso?saasid=1&idpid=2', 'pingone-for-enterprise'],
  ['https://sts.acme.example/adfs/ls/idpinitiatedsignon.aspx', 'adfs-relying-party-missing'],
  ['https://sts.acme.example/adfs/ls/idpinitiatedsignon.aspx?loginToRp=urn:other', 'adfs-other-relying-party'],
  ['https://d-1234567890.awsapps.com/start/', 'identity-center-start-page'],
  ['https://d-1234567890.awsapps.com/start/#/saml/default/AmazonConnect/ins-1', 'identity-center-stays-open'],
]

const relayMistakes: typeof mistakes = [
  [`${signOn}?RelayState=${encoded.replace('%252F', '%25252F')}`, 'destination-encoded-twice'],
  [`${signOn}?RelayState=${encoded.replace('eu-west-2', 'us-east-1')}`, 'other-region'],
  [`${signOn}?RelayState=${encoded.replace(id, id.replace('1', '2'))}`, 'other-instance'],
  [`${signOn}?RelayState=${encodeURIComponent(`${federate}?destination=%2Fconnect%2Fccp`)}`, 'other-destination'],
  [`${signOn}?RelayState=${encodeURIComponent(`${federate}?destination=%2Fccp-v2`)}`, 'new-domain-missing'],
  [`${signOn}?RelayState=${encodeURIComponent('https://acme.my.connect.aws/')}`, 'address-of-instance'],
]

for (const [text, code, product] of [...mistakes, ...ownMistakes, ...relayMistakes])
  test(`${code}: ${text.slice(0, 90)}`, () => {
    const { findings } = readDeepLink(text, { ...around, product })
    const found = findings.find((one) => one.code === code)
    assert.ok(found, String(findings.map((one) => one.code)))
    for (const { sentence, cure } of findings) {
      assert.match(`${sentence} ${cure}`, /[.]$/)
      assert.doesNotMatch(`${sentence} ${cure}`, /undefined|\{(found|name|field|expected|where|parameter)\}/)
    }
  })

test('every finding has a case here', () => {
  const tried = new Set(mistakes.map(([, code]) => code))
  assert.deepEqual(Object.keys(linkFindings).toSorted(), [...tried].toSorted())
})

test('Entra ID: the launcher and links with a domain are its links, too', () => {
  for (const link of [
    `https://launcher.myapps.microsoft.com/api/signin/${id}?tenantId=${id}`,
    `https://myapps.microsoft.com/acme.example/signin/AmazonConnect/${id.replaceAll('-', '')}`,
  ])
    assert.deepEqual([readDeepLink(link).product, codesOf(link)], ['entra-id', ['relay-state-elsewhere']])
})

test('a good link is found good, and its parts are told', () => {
  const read = readDeepLink(`${signOn}?RelayState=${encoded}`, { ...around, product: 'okta' })
  assert.deepEqual(read.findings, [])
  assert.deepEqual(read.parts, [
    { name: 'host', value: 'acme.okta.com' },
    { name: 'organization', value: 'acme' },
    { name: 'application', value: 'amazon_aws' },
    { name: 'key', value: 'exk1' },
    { name: 'RelayState', value: relayState },
  ])
})

test('an identity provider to try with, on this machine, may be without https', () => {
  const there = { instanceUrl: 'http://localhost:3001', publicUrl: 'http://localhost:3000' }
  const codes = (text: string) => readDeepLink(text, there).findings.map(({ code }) => code)
  assert.deepEqual(codes('http://localhost:3001/idp/app/amazon-connect'), ['unknown-identity-provider'])
  assert.deepEqual(codes('http://localhost:3001/login'), ['address-of-instance'])
  assert.deepEqual(codes('http://localhost:3000/acme/production'), ['own-address'])
})

test('nothing but a web address becomes a link with RelayState', () => {
  for (const product of federationProducts)
    for (const text of ['javascript:alert(1)//', 'data:text/html,x', 'file:///etc/passwd', 'blob:https://a.example/x'])
      assert.equal(encodedForLink(product, text, relayState).link, null, `${product} ${text}`)
})

test('nothing that is pasted breaks the reader', () => {
  const starts = deepLinkProducts.flatMap(({ link }) => link.forms.map(({ example }) => example))
  const near = fc.tuple(fc.constantFrom(...starts), fc.string()).map(([start, more]) => `${start}&RelayState=${more}`)
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true }), near),
      fc.constantFrom(undefined, ...federationProducts),
      (text, product) => {
        codesOf(text, product)
        encodedForLink(product, text, text)
      },
    ),
    { seed: 8, numRuns: 600 },
  )
})
