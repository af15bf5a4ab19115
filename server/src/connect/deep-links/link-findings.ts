import type { FindingRow } from '#connect/finding.ts'

/** Everything that can be wrong with a deep link of any product, in words; what only one product has is in its module. */
export const linkFindings = {
  'too-long': ['broken', 'This is too long for a link.', 'Paste the link alone.'],
  empty: ['broken', 'There is no link here.', 'Copy it from the identity provider: the guide says where it is.'],
  'space-or-quotes': [
    'doubtful',
    'There are spaces, line breaks or quotation marks in the link.',
    'Take them out; editors and mails put them in.',
  ],
  'not-an-address': ['broken', '“{found}” is not an address.', 'Copy the whole link, from https:// to its end.'],
  'not-https': [
    'broken',
    'The link does not begin with https://.',
    'Use the https address. Plain http is taken only on this machine.',
  ],
  'is-relay-state': [
    'broken',
    'This is the RelayState, not the link. Opened by itself, AWS asks for a sign-in to its console.',
    'Enter it as RelayState at the identity provider, and paste the identity provider’s link here.',
  ],
  'aws-console': [
    'broken',
    'This is a page of the AWS console. AWS does not send people from there to the identity provider.',
    'Paste the link of the application at the identity provider.',
  ],
  'address-of-instance': [
    'broken',
    'This is the address of the Amazon Connect instance. With SAML nobody can sign in there: it answers “Session Expired”.',
    'Paste the link of the application at the identity provider.',
  ],
  'address-of-aws-sign-in': [
    'broken',
    'This is where AWS receives SAML responses. A browser that opens it brings none.',
    'Enter it as Reply URL or ACS address at the identity provider, and paste the identity provider’s link here.',
  ],
  'address-of-metadata': [
    'broken',
    'This address gives a metadata document, not a sign-in.',
    'Paste the link of the application at the identity provider.',
  ],
  'own-address': [
    'broken',
    'This is an address of Sallyport, so the window would come back to where it began.',
    'Paste the link of the application at the identity provider.',
  ],
  'carries-request': [
    'broken',
    'The link has a SAML request in it, which is good for one sign-in and a few minutes.',
    'Copy the link from the page of the application, not from the address bar in the middle of a sign-in.',
  ],
  'page-for-administrators': [
    'broken',
    '{found} is a page for administrators of {name}, which agents cannot open.',
    'Copy the link that is shown on that page. {where}',
  ],
  'home-of-identity-provider': [
    'broken',
    'This opens the portal of {name}, where people must choose the application themselves.',
    'Copy the link of the application. {where}',
  ],
  'endpoint-for-requests': [
    'broken',
    'Here {name} waits for a request from an application, and without one does not know which application is meant.',
    'Copy the link with which {name} begins by itself. {where}',
  ],
  'unknown-identity-provider': [
    'note',
    'The link is of no identity provider that is known here, so only its form was checked.',
    'Open it in a private window: after the sign-in the agent’s page must appear.',
  ],
  'other-product': [
    'doubtful',
    'The link is one of {found}, but the identity provider chosen here is {name}.',
    'Choose {found}, or copy the link from {name}.',
  ],
  'form-unknown': ['doubtful', 'Links of {name} look otherwise: {expected}.', 'Copy it again. {where}'],
  'custom-domain': [
    'note',
    'The host {found} is a domain of the company’s own; the rest is as links of {name} are.',
    'Nothing to do, if your company uses this domain for {name}.',
  ],
  'parameter-missing': [
    'broken',
    'The link has no {found}, so {name} does not know which application is meant.',
    'Copy the whole link: {expected}.',
  ],
  'parameter-case': [
    'broken',
    'The parameter {found} is spelled {expected}; {name} tells capitals from small letters.',
    'Spell it {expected}.',
  ],
  'other-service-provider': [
    'doubtful',
    'The link names the service provider “{found}”, which is not AWS.',
    'Use the entity id under which AWS is set up: urn:amazon:webservices or https://signin.aws.amazon.com/saml. Capitals and small letters differ.',
  ],
  'relay-state-raw': [
    'doubtful',
    'The RelayState in the link is not percent-encoded. Whatever follows an “&” in it is lost.',
    'Encode it as a whole: this page does that.',
  ],
  'relay-state-torn': [
    'broken',
    'The RelayState in the link was not percent-encoded, and “{found}” was torn off it.',
    'Encode it as a whole: this page does that.',
  ],
  'relay-state-encoded-twice': [
    'broken',
    'The RelayState in the link is percent-encoded once too often, so AWS does not receive an address.',
    'Encode it once: this page builds the link.',
  ],
  'relay-state-twice': ['broken', 'The RelayState is in the link twice.', 'Leave one: this page builds the link.'],
  'relay-state-ignored': [
    'doubtful',
    'The link carries a RelayState, but {name} does not take it from such a link.',
    'Enter it here instead: {field}',
  ],
  'relay-state-unconfirmed': [
    'note',
    '{name} has been seen to take RelayState from the link, but does not document it.',
    'Try it once. Where it does not work, enter it here: {field}',
  ],
  'relay-state-elsewhere': [
    'note',
    'The link carries no RelayState, so what is entered at {name} decides where the window lands.',
    'See that it is entered: {field}',
  ],
  'relay-state-missing': [
    'broken',
    'The link carries no RelayState, and {name} has no field for it. The window would stay on the AWS console.',
    'Let this page build the link.',
  ],
  'asks-again': [
    'doubtful',
    'The link makes {found} ask for the password even of people who are signed in.',
    'Take {parameter} out of the link.',
  ],
} as const satisfies Readonly<Record<string, FindingRow>>
