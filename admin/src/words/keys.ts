export const keys = {
  title: 'Keys',
  intro: 'What this Environment signs with: messages for identity providers, and tokens for applications.',
  saml: 'Signing keys',
  samlIntro:
    'Sign SAML requests and logout messages; identity providers may encrypt assertions to them. To change the key: make the next one, wait until every identity provider knows it, activate it, retire the old one later.',
  samlEmpty: 'The first key is made when it is first needed.',
  token: 'Keys that sign tokens',
  tokenIntro:
    'Applications find them in the Environment’s key set. A next key has to be known to all applications before it signs.',
  tokenEmpty: 'The first key is made when the first client asks for a token.',
  states: { next: 'Next', active: 'Active', previous: 'Previous', retired: 'Retired' },
  origins: { made: 'made here', imported: 'imported' },
  columns: {
    state: 'State',
    subject: 'Certificate',
    id: 'Key id',
    valid: 'Good until',
    changed: 'Since',
    ready: 'Ready',
    deed: 'Action',
  },
  fingerprint: 'SHA-256 fingerprint',
  certificate: 'Certificate',
  download: 'Download the certificate',
  make: 'Make the next key',
  made: 'The next key is there.',
  activate: 'Activate',
  activateTitle: 'Activate this key',
  activateWhat:
    'It signs from now on, and the key that signed so far becomes the previous one. Identity providers that do not know the new key will refuse our messages.',
  activateTokenWhat:
    'It signs tokens from now on. Applications that have not read the key set lately will refuse them.',
  activateConfirm: 'Activate it',
  activated: 'The key signs from now on.',
  retire: 'Retire',
  retireTitle: 'Retire this key',
  retireWhat:
    'It decrypts nothing any more, and its private key is erased for good. Assertions that are still encrypted to it will be refused.',
  retireTokenWhat:
    'It leaves the key set. Tokens that it signed will be refused by applications that check them themselves.',
  retireConfirm: 'Retire it for good',
  retired: 'The key is retired.',
  now: 'now',
  confirmEarly: 'Do it even before it is ready',
} as const
