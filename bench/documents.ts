// Unsigned responses in the manner of the products: what stands where, which prefixes, where the line breaks are. The
// places of the signatures are marked; corpus.ts has them filled. Nothing here knows who signs or who measures.

export type Moments = {
  readonly now: Date
  readonly notBefore: Date
  readonly notOnOrAfter: Date
}

export const names = {
  issuer: 'https://sts.windows.net/8c52f1e3-06c6-4bfb-a5a6-1f8e4ad1c9b7/',
  audience: 'https://sallyport.example/saml/metadata',
  recipient: 'https://sallyport.example/saml/acs/conn_k3v9x2m7q4t8',
  request: '_5f0c8b1e2d7a4396b0e9c1d2f3a4b5c6',
  response: '_9b1f3d5e-7c2a-4e68-90ab-1c3d5e7f9a2b',
  assertion: '_2d4f6a8c-0e1b-4c3d-95e7-f9a1b3c5d700',
  subject: 'ada.lovelace@contact-centre.example',
} as const

/** Where the signature of an element goes: directly after its Issuer (Core 2.3.3, 3.2.1). */
export const signatureMark = {
  response: '{signature of the response}',
  assertion: '{signature of the assertion}',
} as const

const saml = 'urn:oasis:names:tc:SAML:2.0:assertion'
const samlp = 'urn:oasis:names:tc:SAML:2.0:protocol'
const emailFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
const password = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
const success = 'urn:oasis:names:tc:SAML:2.0:status:Success'
const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'

type Attribute = readonly [name: string, ...values: string[]]

const microsoft = 'http://schemas.microsoft.com/identity/claims'
const soap = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const methods = 'http://schemas.microsoft.com/claims/authnmethodsreferences'
const groups = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups'

export const entraAttributes: readonly Attribute[] = [
  [`${microsoft}/tenantid`, '8c52f1e3-06c6-4bfb-a5a6-1f8e4ad1c9b7'],
  [`${microsoft}/objectidentifier`, '41d7a0c5-9a34-4b0e-8f0f-7a5f2f7f5a11'],
  [`${microsoft}/displayname`, 'Ada Lovelace (Contact Centre)'],
  [`${microsoft}/identityprovider`, names.issuer],
  [methods, 'http://schemas.microsoft.com/claims/multipleauthn'],
  ['http://schemas.microsoft.com/ws/2008/06/identity/claims/role', 'agent & supervisor'],
  [groups, '5c3f6c0e-1d8a-4f7b-9d51-0a4b7c3e2f10', 'd0a8b7c2-4a4e-47e0-8a55-cf2e7c1b9a04'],
  [`${soap}/givenname`, 'Ada'],
  [`${soap}/surname`, 'Lovelace'],
  [`${soap}/emailaddress`, names.subject],
  [`${soap}/name`, names.subject],
  [`${soap}/department`, 'Küche & Catering'],
  [`${soap}/employeeid`, '0042317'],
  [`${soap}/telephonenumber`, '+49 30 901820-0'],
  [`${soap}/preferredlanguage`, 'de-DE'],
]

/** 500 values: 486 groups of a directory, and the other fourteen attributes. */
export const manyValues: readonly Attribute[] = entraAttributes.map((attribute) =>
  attribute[0] === groups ? [groups, ...Array.from({ length: 486 }, (_, i) => group(i))] : attribute,
)

function group(index: number): string {
  return `CN=cc-queue-${String(index).padStart(4, '0')},OU=Groups,OU=Berlin,DC=contact-centre,DC=example`
}

/** Entra ID: the assertion's namespace is the default, xmlns comes last, empty elements are closed at once, one line. */
export function entraResponse(moments: Moments, attributes: readonly Attribute[]): string {
  const { now, notBefore, notOnOrAfter } = mapInstants(moments)
  const written = attributes.map(([name, ...values]) => {
    const elements = values.map((value) => `<AttributeValue>${escaped(value)}</AttributeValue>`)
    return `<Attribute Name="${name}">${elements.join('')}</Attribute>`
  })
  return oneLine(`
    <samlp:Response ID="${names.response}" Version="2.0" IssueInstant="${now}"
      Destination="${names.recipient}" InResponseTo="${names.request}" xmlns:samlp="${samlp}">
      <Issuer xmlns="${saml}">${names.issuer}</Issuer>
      ${signatureMark.response}
      <samlp:Status><samlp:StatusCode Value="${success}"/></samlp:Status>
      <Assertion ID="${names.assertion}" IssueInstant="${now}" Version="2.0" xmlns="${saml}">
        <Issuer>${names.issuer}</Issuer>
        ${signatureMark.assertion}
        <Subject>
          <NameID Format="${emailFormat}">${names.subject}</NameID>
          <SubjectConfirmation Method="${bearer}">
            <SubjectConfirmationData InResponseTo="${names.request}" NotOnOrAfter="${notOnOrAfter}"
              Recipient="${names.recipient}"/>
          </SubjectConfirmation>
        </Subject>
        <Conditions NotBefore="${notBefore}" NotOnOrAfter="${notOnOrAfter}">
          <AudienceRestriction><Audience>${names.audience}</Audience></AudienceRestriction>
        </Conditions>
        <AttributeStatement>${written.join('')}</AttributeStatement>
        <AuthnStatement AuthnInstant="${now}" SessionIndex="${names.assertion}">
          <AuthnContext><AuthnContextClassRef>${password}</AuthnContextClassRef></AuthnContext>
        </AuthnStatement>
      </Assertion>
    </samlp:Response>`)
}

/** Okta: prefixes saml2p and saml2, attributes in alphabetical order, typed values that declare their namespaces each time. */
export function oktaResponse(moments: Moments, attributes: readonly Attribute[]): string {
  const { now, notBefore, notOnOrAfter } = mapInstants(moments)
  const entity = 'Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity"'
  const typed =
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string"'
  const written = attributes.map(
    ([name, ...values]) => `
            <saml2:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified">${values
              .map(
                (value) => `
                <saml2:AttributeValue ${typed}>${escaped(value)}</saml2:AttributeValue>`,
              )
              .join('')}
            </saml2:Attribute>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<saml2p:Response Destination="${names.recipient}" ID="${names.response}" InResponseTo="${names.request}" IssueInstant="${now}" Version="2.0" xmlns:saml2p="${samlp}" xmlns:xs="http://www.w3.org/2001/XMLSchema">
    <saml2:Issuer ${entity} xmlns:saml2="${saml}">${names.issuer}</saml2:Issuer>${signatureMark.response}
    <saml2p:Status xmlns:saml2p="${samlp}">
        <saml2p:StatusCode Value="${success}"/>
    </saml2p:Status>
    <saml2:Assertion ID="${names.assertion}" IssueInstant="${now}" Version="2.0" xmlns:saml2="${saml}" xmlns:xs="http://www.w3.org/2001/XMLSchema">
        <saml2:Issuer ${entity} xmlns:saml2="${saml}">${names.issuer}</saml2:Issuer>${signatureMark.assertion}
        <saml2:Subject xmlns:saml2="${saml}">
            <saml2:NameID Format="${emailFormat}">${names.subject}</saml2:NameID>
            <saml2:SubjectConfirmation Method="${bearer}">
                <saml2:SubjectConfirmationData InResponseTo="${names.request}" NotOnOrAfter="${notOnOrAfter}" Recipient="${names.recipient}"/>
            </saml2:SubjectConfirmation>
        </saml2:Subject>
        <saml2:Conditions NotBefore="${notBefore}" NotOnOrAfter="${notOnOrAfter}" xmlns:saml2="${saml}">
            <saml2:AudienceRestriction>
                <saml2:Audience>${names.audience}</saml2:Audience>
            </saml2:AudienceRestriction>
        </saml2:Conditions>
        <saml2:AuthnStatement AuthnInstant="${now}" SessionIndex="${names.request}" xmlns:saml2="${saml}">
            <saml2:AuthnContext>
                <saml2:AuthnContextClassRef>${password}</saml2:AuthnContextClassRef>
            </saml2:AuthnContext>
        </saml2:AuthnStatement>
        <saml2:AttributeStatement xmlns:saml2="${saml}">${written.join('')}
        </saml2:AttributeStatement>
    </saml2:Assertion>
</saml2p:Response>
`
}

export const oktaAttributes: readonly Attribute[] = [
  ['login', names.subject],
  ['email', names.subject],
  ['firstName', 'Ada'],
  ['lastName', 'Lovelace'],
  ['displayName', 'Ada Lovelace (Contact Centre)'],
  ['department', 'Küche & Catering'],
  ['division', 'Customer Operations'],
  ['title', 'Supervisor <second shift>'],
  ['employeeNumber', '0042317'],
  ['costCenter', 'DE-BER-0815'],
  ['manager', 'charles.babbage@contact-centre.example'],
  ['mobilePhone', '+49 30 901820-0'],
  ['locale', 'de_DE'],
  ['timezone', 'Europe/Berlin'],
  ['groups', 'Contact Centre Agents'],
]

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function mapInstants({ now, notBefore, notOnOrAfter }: Moments) {
  return { now: now.toISOString(), notBefore: notBefore.toISOString(), notOnOrAfter: notOnOrAfter.toISOString() }
}

/** The text as such products send it: what stands between two tags here is left out, what parts two attributes is a space. */
export function oneLine(text: string): string {
  return text
    .trim()
    .replaceAll(/(?<=[>}])\n\s*|\n\s*(?=<)/g, '')
    .replaceAll(/\s*\n\s*/g, ' ')
}
