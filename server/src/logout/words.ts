// What the attempts in the ledger say, for administrators: what happened, and what to do about it. The codes are a closed
// list; docs/single-logout.md has every one of them.

import { type Check, type CheckCode, explanations } from '@sallyport/saml'
import type { OutgoingError, OutgoingErrorCode } from '#http/outgoing.ts'
import type { AttemptDetails } from '#logout/logouts.ts'
import type { LogoutRow } from '#storage/logout-tables.ts'

type Words = { readonly sentence: string; readonly cure: string }

/** Codes of this folder. Those of a message's checks are the library’s, those of the way there are `outgoing`. */
export const logoutWords = {
  /** Of what the identity provider is told. */
  'to-provider': {
    'partial-logout': {
      sentence: 'The identity provider has ended its session, and says that some other application did not follow.',
      cure: 'Look at the identity provider which of its applications did not answer.',
    },
    'single-logout-off': {
      sentence: 'The connection no longer tells its identity provider from server to server.',
      cure: 'Nothing needs to be done. If it should, enable Single Logout with the back channel again.',
    },
    'name-missing': {
      sentence:
        'The identity provider was not told, because its assertion had no NameID by which the session could be named.',
      cure: 'Let the identity provider send a NameID in the Subject. It counts from the next sign-in on.',
    },
    'session-shared': {
      sentence:
        'The identity provider was not told, because the session that the person has just opened belongs to the same session there.',
      cure: 'Nothing needs to be done. It is told when the last of these sessions ends.',
    },
  },
  /** Of what the identity provider asks for. */
  'from-provider': {
    'single-logout-off': {
      sentence: 'The identity provider asked for a logout, but Single Logout is not enabled on this connection.',
      cure: 'Enable Single Logout on the connection, or take our single logout addresses away at the identity provider.',
    },
    'logout-replayed': {
      sentence: 'This logout request was taken before.',
      cure: 'A reload or the back button sends it twice, which does no harm. If neither was used, somebody may have copied it.',
    },
    'nothing-open': {
      sentence: 'There was no session of this person to end.',
      cure: 'If the person was signed in here, compare NameID, Format and SessionIndex with those of the sign-in: they must be the same.',
    },
    'logout-unreadable': {
      sentence: 'What came is no logout request that can be read.',
      cure: 'Check at the identity provider that its single logout messages go to the addresses of our metadata.',
    },
  },
  /** Of what clients are told. */
  'to-client': {
    'client-refused': {
      sentence: 'The application did not take the logout token, so it may still know the person.',
      cure: 'Read what it said and look into its own log at this time. Often it expects another issuer or client id, or does not know the session any more.',
    },
    'back-channel-logout-off': {
      sentence: 'The client has no Back-Channel Logout URI any more.',
      cure: 'Nothing needs to be done. If it should be told, enter the address as backChannelLogoutUri again.',
    },
  },
} as const satisfies Readonly<Record<LogoutRow['direction'], Readonly<Record<string, Words>>>>

type Direction = keyof typeof logoutWords

export function detailsFor<D extends Direction>(
  direction: D,
  code: keyof (typeof logoutWords)[D] & string,
): AttemptDetails {
  const words: Readonly<Record<string, Words>> = logoutWords[direction]
  return { code, ...words[code]! }
}

/** The identity provider has confirmed, so there is nothing to be done. */
export const ended: AttemptDetails = { sentence: 'The identity provider has ended its session.' }

export const endedAtClient: AttemptDetails = { sentence: 'The application has taken the logout token.' }

const tryAgain = 'It is tried again for 24 hours.'

/** Cures of what can happen on the way to an identity provider, or instead of its answer. */
export const outgoingCures: Readonly<Record<OutgoingErrorCode, string>> = {
  'not-a-url': `Enter a whole web address as Third Party Single Logout URL. ${tryAgain}`,
  'not-https': `Enter an https address as Third Party Single Logout URL, or list its host in SALLYPORT_ALLOW_PRIVATE_HOSTS. ${tryAgain}`,
  'private-address': `If the identity provider is in your own network, list its host in SALLYPORT_ALLOW_PRIVATE_HOSTS. ${tryAgain}`,
  'name-not-found': `Check the host in the Third Party Single Logout URL, and the name servers of this machine. ${tryAgain}`,
  unreachable: `Check that the identity provider runs, and that nothing between it and this machine refuses the connection. ${tryAgain}`,
  'untrusted-certificate': `Let the identity provider use a TLS certificate that this machine trusts. ${tryAgain}`,
  'too-slow': `Look why the identity provider takes so long. ${tryAgain}`,
  'too-large': `Check that the Third Party Single Logout URL is the identity provider’s address for SOAP, and not a web page. ${tryAgain}`,
  redirected: `Enter the identity provider’s address for SOAP itself as Third Party Single Logout URL. ${tryAgain}`,
  status: `Check that the Third Party Single Logout URL is the identity provider’s address for SOAP, and look into its log at this time. ${tryAgain}`,
  'not-text': `Let the identity provider answer without compression. ${tryAgain}`,
  // Never in the ledger: such an attempt is made anew.
  stopped: tryAgain,
}

/** The same on the way to a client. */
export const clientCures: Readonly<Record<OutgoingErrorCode, string>> = {
  'not-a-url': `Enter a whole web address as backChannelLogoutUri. ${tryAgain}`,
  'not-https': `Enter an https address as backChannelLogoutUri, or list its host in SALLYPORT_ALLOW_PRIVATE_HOSTS. ${tryAgain}`,
  'private-address': `If the application is in your own network, list its host in SALLYPORT_ALLOW_PRIVATE_HOSTS. ${tryAgain}`,
  'name-not-found': `Check the host in backChannelLogoutUri, and the name servers of this machine. ${tryAgain}`,
  unreachable: `Check that the application runs, and that nothing between it and this machine refuses the connection. ${tryAgain}`,
  'untrusted-certificate': `Let the application use a TLS certificate that this machine trusts. ${tryAgain}`,
  'too-slow': `Look why the application takes so long. ${tryAgain}`,
  'too-large': `Check that backChannelLogoutUri is the application’s address for logout tokens, and not a web page. ${tryAgain}`,
  redirected: `Enter the address that takes logout tokens itself as backChannelLogoutUri. ${tryAgain}`,
  status: `Let the application answer 200 or 204 when it has logged the person out, and look into its log at this time. ${tryAgain}`,
  'not-text': `Let the application answer without compression. ${tryAgain}`,
  // Never in the ledger: such an attempt is made anew.
  stopped: tryAgain,
}

export function detailsOfOutgoing({ code, message }: OutgoingError, cures = outgoingCures): AttemptDetails {
  return { code, sentence: message, cure: cures[code] }
}

/** Checks of a message that the library explains for sign-ins, where another cure helps. */
export const messageWords = {
  'message-type': {
    sentence: 'What came is no logout message of SAML 2.0, or not the one that belongs here.',
    cure: 'Compare the single logout addresses of each side with the metadata of the other.',
  },
  'signature-present': {
    sentence: 'The message is not signed, so anybody may have sent it.',
    cure: 'Let the identity provider sign its logout requests, and its answers to ours.',
  },
  'response-issuer': {
    sentence: 'The message names another issuer than this connection.',
    cure: 'Copy the identity provider’s entity id exactly (every letter and slash counts) into Issuer. If the one received belongs to somebody else, the message came to the wrong connection.',
  },
  destination: {
    sentence: 'The message says that it was meant for another address.',
    cure: 'Let the identity provider read our metadata again, or enter the expected address there as our single logout address, exactly.',
  },
  'in-response-to': {
    sentence: 'The answer is not one to our logout request.',
    cure: 'Nothing needs to be done if it happens once. If it happens again, ask the maker of the identity provider’s software.',
  },
  status: {
    sentence: 'The identity provider answered that it did not log the person out.',
    cure: 'Read its message and look into its own log at this time. Often it does not know the session any more, or was told of another certificate or entity id of ours.',
  },
  subject: {
    sentence: 'The logout request does not say whom it is about, or in a way that cannot be decrypted here.',
    cure: 'Let the identity provider send the NameID of the sign-in. If it encrypts it, let it read our metadata again.',
  },
  'request-expiry': {
    sentence: 'The time in which the logout request could be acted on is over.',
    cure: 'Compare the clocks of the identity provider and of this machine (both should use NTP). If they agree, the request took too long on its way.',
  },
} as const satisfies Readonly<Partial<Record<CheckCode, Words>>>

/** A failed check of a message as the ledger keeps it. */
export function detailsOf({ code, expected, received }: Check): AttemptDetails {
  const { sentence, cure }: Words = { ...explanations, ...messageWords }[code]
  return {
    code,
    sentence,
    cure,
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
  }
}
