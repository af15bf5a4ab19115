import type { AnyCheckCode } from '#login/login-checks.ts'

/** What the browser is told: one sentence in the person's words, and what they can do. The detail is in the record. */
export type PersonSentence = {
  readonly status: 400 | 403 | 404 | 413
  readonly title: string
  readonly sentence: string
  readonly advice: string
  /** Whether starting anew can help. */
  readonly again: boolean
}

const tellAdministrator = 'Please tell your administrator, with the reference below.'
const tryAgain = 'Please sign in again. If it happens once more, tell your administrator the reference below.'

const sentences = {
  'unknown-link': {
    status: 404,
    title: 'This sign-in link is not known',
    sentence: 'The link that brought you here is incomplete, or out of date.',
    advice: 'Please ask whoever gave you the link for a new one.',
    again: false,
  },
  'foreign-target': {
    status: 400,
    title: 'This link leads somewhere else',
    sentence: 'After sign-in it would take you to a page that does not belong here, so we stopped.',
    advice: tellAdministrator,
    again: false,
  },
  unreadable: {
    status: 400,
    title: 'We could not read the answer',
    sentence: 'Your company’s sign-in page sent an answer that cannot be read.',
    advice: tryAgain,
    again: true,
  },
  'too-large': {
    status: 413,
    title: 'The answer is too large',
    sentence: 'Your company’s sign-in page sent more than can be taken in.',
    advice: tellAdministrator,
    again: false,
  },
  untrusted: {
    status: 403,
    title: 'We could not trust the answer',
    sentence: 'The answer from your company’s sign-in page did not pass our checks, so you are not signed in.',
    advice: tellAdministrator,
    again: true,
  },
  'not-for-us': {
    status: 403,
    title: 'The two sides do not fit',
    sentence: 'Your company’s sign-in page and this service are not set up for each other.',
    advice: tellAdministrator,
    again: false,
  },
  'said-no': {
    status: 403,
    title: 'Your company’s sign-in page said no',
    sentence: 'It did not confirm that you may come in.',
    advice: 'Please ask your administrator whether this application is assigned to you, with the reference below.',
    again: true,
  },
  late: {
    status: 403,
    title: 'The answer came at the wrong time',
    sentence: 'The answer from your company’s sign-in page is too old, or from a clock that is wrong.',
    advice: tryAgain,
    again: true,
  },
  over: {
    status: 400,
    title: 'This sign-in is over',
    sentence: 'It was finished already, or it took too long.',
    advice: 'Please start again. The back button cannot repeat a sign-in.',
    again: true,
  },
  'other-browser': {
    status: 403,
    title: 'This sign-in began elsewhere',
    sentence: 'The answer belongs to a sign-in of another browser, so you are not signed in.',
    advice: 'Please start again in this browser, with cookies allowed.',
    again: true,
  },
  nameless: {
    status: 403,
    title: 'We do not know who you are',
    sentence: 'Your company’s sign-in page let you in, but did not tell us your user name.',
    advice: tellAdministrator,
    again: false,
  },
  'no-account': {
    status: 403,
    title: 'You have no account here',
    sentence: 'Your company’s sign-in page let you in, but nobody has made an account for you here.',
    advice: tellAdministrator,
    again: false,
  },
  'other-way-in': {
    status: 403,
    title: 'Your account signs in another way',
    sentence: 'There is an account of this name, but it belongs to another sign-in page than the one you used.',
    advice: 'Please use your own company’s sign-in, or tell your administrator the reference below.',
    again: false,
  },
  'locked-out': {
    status: 403,
    title: 'Your account is not active',
    sentence: 'An administrator has deactivated your account here.',
    advice: tellAdministrator,
    again: false,
  },
  'not-made': {
    status: 403,
    title: 'Your account could not be made',
    sentence: 'Your company’s sign-in page let you in, but what it says of you does not fit what is set up here.',
    advice: tellAdministrator,
    again: false,
  },
  'not-up-to-date': {
    status: 403,
    title: 'Your account could not be brought up to date',
    sentence: 'Your company’s sign-in page names a team or a role for you that does not exist here.',
    advice: tellAdministrator,
    again: false,
  },
  'not-from-here': {
    status: 403,
    title: 'You may not come in from here',
    sentence: 'Your company does not allow this sign-in from where you are, or at this time.',
    advice: 'Please try again from your company’s network, or tell your administrator the reference below.',
    again: true,
  },
  'logged-out': {
    status: 403,
    title: 'You were logged out',
    sentence: 'Your company’s sign-in page logged you out while you were on the way here.',
    advice: 'Sign in again if you want to go on.',
    again: true,
  },
} as const satisfies Record<string, PersonSentence>

const sentenceOf: Readonly<Record<AnyCheckCode, keyof typeof sentences>> = {
  ticket: 'unknown-link',
  done: 'foreign-target',
  form: 'unreadable',
  'message-base64': 'unreadable',
  'message-size': 'too-large',
  'message-encoding': 'unreadable',
  'message-deflate': 'unreadable',
  query: 'unreadable',
  'xml-well-formed': 'unreadable',
  'xml-namespaces': 'unreadable',
  'xml-doctype': 'untrusted',
  'xml-processing-instruction': 'untrusted',
  'xml-limits': 'unreadable',
  'soap-envelope': 'unreadable',
  'message-type': 'unreadable',
  structure: 'untrusted',
  'id-unique': 'untrusted',
  version: 'not-for-us',
  'assertion-single': 'untrusted',
  'assertion-readable': 'not-for-us',
  'signature-present': 'untrusted',
  'signature-form': 'untrusted',
  'signature-algorithm': 'untrusted',
  'signature-reference': 'untrusted',
  'signature-digest': 'untrusted',
  'signature-key': 'untrusted',
  'certificate-current': 'untrusted',
  status: 'said-no',
  'response-issuer': 'not-for-us',
  destination: 'not-for-us',
  'in-response-to': 'over',
  'assertion-issuer': 'not-for-us',
  subject: 'nameless',
  'confirmation-bearer': 'not-for-us',
  'confirmation-recipient': 'not-for-us',
  'confirmation-expiry': 'late',
  'conditions-not-before': 'late',
  'conditions-not-on-or-after': 'late',
  audience: 'not-for-us',
  'authn-statement': 'untrusted',
  'session-expiry': 'late',
  'request-expiry': 'late',
  'metadata-unreadable': 'not-for-us',
  'metadata-several-entities': 'not-for-us',
  'metadata-role-missing': 'not-for-us',
  'metadata-entity-id': 'not-for-us',
  'metadata-expired': 'not-for-us',
  'metadata-no-endpoint': 'not-for-us',
  'metadata-no-certificate': 'not-for-us',
  'metadata-endpoint-url': 'not-for-us',
  'metadata-certificate': 'not-for-us',
  'request-open': 'over',
  'request-unused': 'over',
  'assertion-unused': 'over',
  'continue-code': 'over',
  browser: 'other-browser',
  'session-lives': 'logged-out',
  'user-id': 'nameless',
  'user-known': 'no-account',
  'user-connection': 'other-way-in',
  'user-active': 'locked-out',
  'user-name': 'not-made',
  'user-email': 'not-made',
  'user-team': 'not-made',
  'user-sync': 'not-up-to-date',
  'access-allowed': 'not-from-here',
}

/** The sentence for a sign-in that was refused because of this check. */
export function personSentence(code: AnyCheckCode): PersonSentence {
  return sentences[sentenceOf[code]]
}
