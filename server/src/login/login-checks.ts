import type { Check, CheckCode, Explanation } from '@sallyport/saml'
import { explanations } from '@sallyport/saml'

/** What must be true of a sign-in beyond its message: the state of the request, the browser, the person. */
export type LoginCheckCode =
  | 'ticket'
  | 'connection-live'
  | 'test-open'
  | 'done'
  | 'form'
  | 'request-open'
  | 'request-unused'
  | 'assertion-unused'
  | 'continue-code'
  | 'browser'
  | 'session-lives'
  | 'user-id'
  | 'user-known'
  | 'user-connection'
  | 'user-active'
  | 'user-name'
  | 'user-email'
  | 'user-team'
  | 'user-sync'
  | 'access-allowed'
  | 'client-ids'
  | 'client-allowed'
  | 'assertion-connection'

export type AnyCheckCode = CheckCode | LoginCheckCode
export type AnyCheck = Check<AnyCheckCode>

const again = 'Let the person sign in again from the start.'

const loginExplanations: Readonly<Record<LoginCheckCode, Explanation>> = {
  ticket: {
    title: 'The ticket names a connection',
    section: 'Platform Authentication Service URL',
    sentence: 'No connection has this ticket.',
    cure: 'Copy the Platform Authentication Service URL of the connection anew into the link or application that was used.',
  },
  'connection-live': {
    title: 'The connection is live',
    section: 'Single Sign-On Settings',
    sentence: 'The connection is a draft: nobody signs in through it yet.',
    cure: 'Finish the Single Sign-On Settings of the connection, try it with a test sign-in, and make it live.',
  },
  'test-open': {
    title: 'The test waits to be begun',
    section: 'Test sign-in',
    sentence: 'The link of a test sign-in was opened after the test was over.',
    cure: 'Begin a new test in the portal. A link is good for one test, for half an hour.',
  },
  done: {
    title: 'The target page may be opened after sign-in',
    section: 'the Environment’s targets',
    sentence: 'The done parameter leads to an address that this Environment does not allow.',
    cure: 'Add the origin of that address to the targets of the Environment, or correct the link. Only add origins that you run.',
  },
  form: {
    title: 'The form holds one answer',
    section: 'Bindings 3.5.4',
    sentence: 'The request to the Assertion Consumer Service holds no SAMLResponse, or holds it twice.',
    cure: 'Let the identity provider answer by HTTP-POST. If it does, look for a proxy that changes forms.',
  },
  'request-open': {
    title: 'A sign-in is open for this answer',
    section: 'Profiles 4.1.4.3, 4.1.5',
    sentence: 'Nobody here is waiting for this answer: the sign-in was not begun here, or longer ago than ten minutes.',
    cure: `${again} If people begin at the identity provider’s portal, allow IdP-initiated sign-in on this connection; otherwise see that the identity provider returns RelayState unchanged (Bindings 3.5.3).`,
  },
  'request-unused': {
    title: 'The request was not answered before',
    section: 'Profiles 4.1.4.5',
    sentence: 'This sign-in has been answered already.',
    cure: `${again} The back button or a reload sends an answer twice; if neither was used, somebody may have copied it.`,
  },
  'assertion-unused': {
    title: 'The assertion was not used before',
    section: 'Profiles 4.1.4.5',
    sentence: 'This assertion has been used already.',
    cure: `${again} The back button or a reload sends an answer twice; if neither was used, somebody may have copied it.`,
  },
  'continue-code': {
    title: 'The answer waits to be taken',
    section: 'Sallyport’s rule: taken once, within a minute',
    sentence: 'The second half of the sign-in was asked for twice, or too late.',
    cure: again,
  },
  browser: {
    title: 'It is the browser that began',
    section: 'Profiles 4.1.4.3 (login forgery)',
    sentence: 'The answer arrived in another browser than the one that began the sign-in.',
    cure: `${again} It must begin and end in one browser, with cookies allowed. If nobody changed browsers, somebody may have tried to sign this person in under a foreign name.`,
  },
  'session-lives': {
    title: 'The session at the identity provider lives',
    section: 'Core 3.7.3.2',
    sentence: 'The identity provider has logged this session out before it was opened here.',
    cure: 'Let the person sign in again. If it happens each time, the identity provider sends a logout request with every sign-in: look there.',
  },
  'user-id': {
    title: 'The assertion names the person',
    section: 'User Id Location, Attribute for User ID',
    sentence: 'The assertion does not hold exactly one value where the user id is expected.',
    cure: 'In the identity provider’s application, send the expected attribute (or Name ID) with exactly one value for this person, or correct User Id Location and Attribute for User ID. The names are case-sensitive.',
  },
  'user-known': {
    title: 'The person is known here',
    section: 'Create Users',
    sentence: 'No user of this Environment has this user id, and Create Users is off.',
    cure: 'Turn on Create Users for this connection, or let the identity provider send the user id of an existing user.',
  },
  'user-connection': {
    title: 'This connection speaks for the person',
    section: 'Sallyport’s rule: one identity provider does not speak for another’s people',
    sentence: 'The user exists, but belongs to another connection.',
    cure: 'Let the person sign in through their own connection. If they have moved to this identity provider, bind the user to this connection. Users whom nobody has bound yet are bound at their first sign-in where the domain of their username is listed in the connection’s usernameDomains.',
  },
  'user-active': {
    title: 'The account is active',
    section: 'Users',
    sentence: 'The user was deactivated.',
    cure: 'Activate the user if the person may come in again. If not, take the application away from them at the identity provider, so that they are told there.',
  },
  'user-name': {
    title: 'The username is free',
    section: 'Create Users',
    sentence: 'The account cannot be made: somebody else has its username.',
    cure: 'Give the other user another username or, if it is the same person, bind that user to this connection. The identity provider must send another user id for each person.',
  },
  'user-email': {
    title: 'The e-mail address is free',
    section: 'Attribute for Email',
    sentence: 'The account cannot have this e-mail address: somebody else has it.',
    cure: 'Correct the address at the identity provider, or change that of the other user. An address is never taken away from somebody.',
  },
  'user-team': {
    title: 'The new user has a team',
    section: 'Attribute for Team, Default Team',
    sentence: 'The account cannot be made: neither the assertion nor the settings name a team that exists.',
    cure: 'Set Default Team to a team of this Environment, or let the identity provider send the name of one in the Attribute for Team.',
  },
  'user-sync': {
    title: 'The account follows the identity provider',
    section: 'User sync via SSO',
    sentence:
      'The account was not brought up to date: the assertion names something that does not exist here, or that belongs to somebody else. Nothing of it was changed.',
    cure: 'Make the missing team or role here, or correct its name at the identity provider. Names are compared exactly; several are joined with _::_.',
  },
  'access-allowed': {
    title: 'The Environment lets the person in from here',
    section: 'Allowed IP Addresses, access policies',
    sentence: 'A policy of the Environment forbids this sign-in.',
    cure: 'The policy and the values that it saw are given here. If the person should come in, add the address to the Allowed IP Addresses or change the policy; POST access/simulate tells beforehand what comes of it.',
  },
  'client-ids': {
    title: 'The listed clients exist',
    section: 'AuthorizedClientIDs',
    sentence:
      'AuthorizedClientIDs lists something that is no client of this Environment. The person is signed in; that value allows nothing.',
    cure: 'At the identity provider, correct the values of AuthorizedClientIDs: each the exact id of a client of this Environment, one id a value, without quotation marks or commas. Ids that are copied out of formatted text often bring typographic quotation marks along. If the client is to come, make it here under that id.',
  },
  'client-allowed': {
    title: 'The client that asked is listed',
    section: 'AuthorizedClientIDs',
    sentence:
      'AuthorizedClientIDs does not list the client that the sign-in was begun for, so that client gets no token.',
    cure: 'If this person may use the client, let the identity provider send the attribute exactly as it is expected here. If the identity provider sends no AuthorizedClientIDs at all, every client is allowed.',
  },
  'assertion-connection': {
    title: 'A connection takes assertions of this issuer',
    section: 'RFC 7522 section 3; assertionGrant',
    sentence: 'An application brought an assertion of an issuer from which this Environment takes none by that way.',
    cure: 'Turn on assertionGrant for the connection whose Issuer is the one received, exactly. If no connection has this Issuer, the assertion is of another identity provider.',
  },
}

/** Every code that a sign-in record can hold. */
export const allExplanations: Readonly<Record<AnyCheckCode, Explanation>> = { ...explanations, ...loginExplanations }
