// For tests: a device that makes passkeys and answers with them, as a browser would hand its answers on.

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type {} from 'node:test' // marks this file as one for tests

type Options = { readonly challenge: string; readonly user?: { readonly id: string } }
type Change = {
  readonly origin?: string
  readonly rpId?: string
  /** Whether the device saw its owner. */
  readonly userVerified?: boolean
}

export function testAuthenticator(publicUrl: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const credentialId = randomBytes(32)
  const id = credentialId.toString('base64url')
  let counter = 0
  let userHandle = ''
  const clientData = (type: string, { challenge }: Options, { origin = publicUrl }: Change) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  // WebAuthn section 6.1: hash of the RP ID, flags, counter, and what a new credential adds.
  const authData = ({ rpId = new URL(publicUrl).hostname, userVerified = true }: Change, added?: Buffer) => {
    const flags = 1 | (userVerified ? 4 : 0) | (added === undefined ? 0 : 64)
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter++)
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, added ?? Buffer.alloc(0)])
  }
  const shared = { id, rawId: id, type: 'public-key', clientExtensionResults: {} }
  return {
    create: (options: Options, change: Change = {}) => {
      userHandle = options.user?.id ?? ''
      const [left, right] = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]
      // COSE: EC2, ES256, P-256 (RFC 9053 section 7.1).
      const key = cborMap([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, left],
        [-3, right],
      ])
      const added = Buffer.concat([Buffer.alloc(16), Buffer.from([0, credentialId.length]), credentialId, key])
      const attestation = cborMap([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData(change, added)],
      ])
      const response = {
        clientDataJSON: clientData('webauthn.create', options, change).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
        transports: ['internal'],
      }
      return { ...shared, response }
    },
    use: (options: Options, change: Change = {}) => {
      const data = clientData('webauthn.get', options, change)
      const authenticatorData = authData(change)
      const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(data)]), privateKey)
      const response = {
        clientDataJSON: data.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle,
      }
      return { ...shared, response }
    },
  }
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest()
}

type Cbor = number | string | Buffer | Map<unknown, unknown>

/** RFC 8949 section 3, as much of it as is needed here. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, value.length), Buffer.from(value)])
  if (value instanceof Map) return head(5, 0)
  return Buffer.concat([head(2, value.length), value])
}

function cborMap(entries: readonly (readonly [Cbor, Cbor])[]): Buffer {
  return Buffer.concat([head(5, entries.length), ...entries.flat().map(cbor)])
}

function head(type: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(type << 5) | length])
  return length < 256
    ? Buffer.from([(type << 5) | 24, length])
    : Buffer.from([(type << 5) | 25, length >> 8, length & 255])
}
