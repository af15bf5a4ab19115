/** Why a key file is refused. */
export const importFaults = [
  'key-file-too-large',
  'key-file-unreadable',
  'key-file-old-keystore',
  'key-file-too-costly',
  'key-file-encryption',
  'key-password-missing',
  'key-password-wrong',
  'key-missing',
  'key-several',
  'key-alias-needed',
  'key-alias-unknown',
  'key-kind',
  'key-size',
  'certificate-missing',
  'certificate-unreadable',
  'certificate-of-another-key',
  'certificate-expired',
  'certificate-not-yet-valid',
] as const

/** Why a change of keys is refused. */
export const changeFaults = [
  'key-there-already',
  'key-next-exists',
  'key-not-next',
  'key-active',
  'key-retired',
] as const

export type KeyFault = (typeof importFaults)[number] | (typeof changeFaults)[number]

export class KeyRefused extends Error {
  override readonly name = 'KeyRefused'
  readonly fault: KeyFault
  /** What was found: a name, a date, a number. Never a part of a key. */
  readonly found: string

  constructor(fault: KeyFault, found = '') {
    super(fault)
    this.fault = fault
    this.found = found
  }
}

type Words = { readonly sentence: string; readonly cure: string }

export function sentenceOf({ fault, found }: Pick<KeyRefused, 'fault' | 'found'>): Words {
  const [sentence, cure] = words[fault](found)
  return { sentence, cure }
}

const words: Readonly<Record<KeyFault, (found: string) => readonly [sentence: string, cure: string]>> = {
  'key-file-too-large': (found) => [
    `The key file has more than ${found} bytes.`,
    'Send the file with the key and its certificate, and nothing else.',
  ],
  'key-file-unreadable': (found) => [
    `This is neither PEM nor PKCS#12: ${found}.`,
    'Send the file as keytool or openssl wrote it, whole and unchanged.',
  ],
  'key-file-old-keystore': (found) => [
    'This is a keystore of the old kind (JKS or JCEKS), which only Java reads.',
    `Convert it, then import the new file: “${found}”.`,
  ],
  'key-file-too-costly': (found) => [
    `Opening the file would take more than ${found} rounds of key derivation.`,
    'Export it anew with the defaults of keytool or openssl.',
  ],
  'key-file-encryption': (found) => [
    `The file is encrypted in a way that is not read here: ${found}.`,
    'Export it anew with the defaults of keytool or openssl, which is AES-256 with PBKDF2.',
  ],
  'key-password-missing': () => [
    'The private key is encrypted, and no password was given.',
    'Give the password that the file was written with.',
  ],
  'key-password-wrong': () => [
    'The password does not open the file, or the file is damaged.',
    'Try the password that the file was written with; with AgileApps, it is keystorePass of networking.properties.',
  ],
  'key-missing': () => [
    'There is no private key in the file.',
    'Export the entry with its private key; a certificate alone cannot sign.',
  ],
  'key-several': (found) => [`There are ${found} private keys in the file.`, 'Leave the one that is to be imported.'],
  'key-alias-needed': (found) => [
    `The file has several private keys: ${found}.`,
    'Say which one by its alias; with AgileApps, it is keyAlias of networking.properties.',
  ],
  'key-alias-unknown': (found) => [
    `No private key of the file has this alias. It has: ${found}.`,
    'Give one of these aliases.',
  ],
  'key-kind': (found) => [
    `The key is of the kind ${found}. Only RSA is taken: identity providers also encrypt to this key, and SAML does that with RSA-OAEP.`,
    'Make an RSA key of 2048 bits or more, or let Sallyport make one.',
  ],
  'key-size': (found) => [
    `The RSA key has ${found} bits; from 2048 to 8192 are taken.`,
    'Make a new key of 2048 to 8192 bits, or let Sallyport make one.',
  ],
  'certificate-missing': () => [
    'There is no certificate with the private key.',
    'Send both: a second file with the certificate, or both in one.',
  ],
  'certificate-unreadable': () => [
    'A certificate of the file cannot be read.',
    'Send it as keytool or openssl wrote it, whole and unchanged.',
  ],
  'certificate-of-another-key': (found) => [
    `The certificate belongs to another private key: ${found}.`,
    'Send the certificate that was made for this key.',
  ],
  'certificate-expired': (found) => [
    `The certificate expired on ${found}.`,
    'Renew it for the same key, or let Sallyport make a key: identity providers may refuse an expired certificate.',
  ],
  'certificate-not-yet-valid': (found) => [`The certificate is not valid before ${found}.`, 'Import it from then on.'],
  'key-there-already': (found) => [
    `This key is here already, as ${found}.`,
    'Nothing needs to be imported; look at the list of keys.',
  ],
  'key-next-exists': () => [
    'There is a next key already, and there can only be one.',
    'Activate it, or retire it, before you add another.',
  ],
  'key-not-next': (found) => [
    `Only the next key can be activated, and this one is ${found}.`,
    'Look at the list of keys; make or import a next key where there is none.',
  ],
  'key-active': () => [
    'The active key cannot be retired: it signs.',
    'Activate another key first; this one is then a previous one.',
  ],
  'key-retired': () => [
    'This key was retired before, and nothing of it is left but its certificate.',
    'Nothing needs to be done.',
  ],
}
