import type { Term } from '#connect/federation-guide/guide.ts'

export const terms: readonly Term[] = [
  {
    term: 'SSO',
    meaning:
      'Single sign-on: having signed in to one system, one uses others without being asked for a password again.',
  },
  {
    term: 'IdP, IDP',
    meaning:
      'Identity provider: the system in which a company keeps its people and how they prove who they are, and which signs them in to other applications as a service.',
  },
  {
    term: 'Federation, identity federation, federated identity',
    meaning:
      'An agreement between systems: people whom one of them has signed in are trusted by the others, and are not asked to sign in there again.',
  },
  {
    term: 'SAML',
    meaning:
      'Security Assertion Markup Language: an open standard in which systems tell each other who somebody is, how they signed in, and what they may do.',
  },
  {
    term: 'Deep link',
    meaning:
      'The address of an application at the identity provider that signs somebody in to it from anywhere, not only from the identity provider’s portal.',
  },
  {
    term: 'RelayState',
    meaning: 'A text that travels beside a SAML response. AWS reads from it which page to open after the sign-in.',
  },
  {
    term: 'CCP',
    meaning: 'Contact Control Panel: the page of Amazon Connect with which agents take contacts.',
  },
]
