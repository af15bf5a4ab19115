// The encryption algorithms that are known, by their exact URIs (XML Encryption 1.1 §5.2, §5.5). RSA 1.5 is not among them
// and never will be: whoever decrypts with it answers questions about other people's messages (Bleichenbacher).

const enc = 'http://www.w3.org/2001/04/xmlenc#'
const enc11 = 'http://www.w3.org/2009/xmlenc11#'

export type ContentCipher = {
  readonly name: 'aes-128-gcm' | 'aes-256-gcm' | 'aes-128-cbc' | 'aes-256-cbc'
  readonly keyBytes: 16 | 32
  /** CBC is not authenticated: only where a connection allows it by name. */
  readonly authenticated: boolean
}

const contentCiphers: ReadonlyMap<string, ContentCipher> = new Map([
  [`${enc11}aes128-gcm`, { name: 'aes-128-gcm', keyBytes: 16, authenticated: true }],
  [`${enc11}aes256-gcm`, { name: 'aes-256-gcm', keyBytes: 32, authenticated: true }],
  [`${enc}aes128-cbc`, { name: 'aes-128-cbc', keyBytes: 16, authenticated: false }],
  [`${enc}aes256-cbc`, { name: 'aes-256-cbc', keyBytes: 32, authenticated: false }],
])

export function contentCipher(uri: string): ContentCipher | undefined {
  return contentCiphers.get(uri)
}

export type OaepHash = 'sha1' | 'sha256'

/** The key transport: two URIs for RSA-OAEP, of which the older one fixes MGF1 with SHA-1 (XML Encryption 1.1 §5.5.2). */
export const keyTransport = { oaepMgf1p: `${enc}rsa-oaep-mgf1p`, oaep: `${enc11}rsa-oaep` } as const

// SHA-1 inside OAEP is no signature: nobody has to resist collisions there, and most products still use it.
const digests: ReadonlyMap<string, OaepHash> = new Map([
  ['http://www.w3.org/2000/09/xmldsig#sha1', 'sha1'],
  [`${enc}sha256`, 'sha256'],
])

const maskGenerations: ReadonlyMap<string, OaepHash> = new Map([
  [`${enc11}mgf1sha1`, 'sha1'],
  [`${enc11}mgf1sha256`, 'sha256'],
])

export function oaepDigest(uri: string): OaepHash | undefined {
  return digests.get(uri)
}

export function maskGeneration(uri: string): OaepHash | undefined {
  return maskGenerations.get(uri)
}
