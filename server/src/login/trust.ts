import { parseCertificates } from '@sallyport/saml'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { decryptionKeysOfPlace } from '#keys/place-keys.ts'
import type { LoginContext } from '#login/login.ts'

/** By what a connection's messages are judged, whichever way they come. */
export async function trustIn(ctx: LoginContext, place: ConnectionInPlace, message: Uint8Array) {
  const { settings } = place.connection
  return {
    certificates: settings.issuerCertificates.flatMap((pem) => parseCertificates(pem)),
    expectedIssuer: settings.issuer,
    clockSkewSeconds: settings.clockSkewSeconds,
    decryptionKeys: holdsEncrypted(message) ? await decryptionKeysOfPlace(ctx, place) : [],
    dangerouslyAllowSha1: settings.dangerouslyAllowSha1,
    dangerouslyAllowCbc: settings.dangerouslyAllowCbc,
  }
}

// Only spares fetching the keys where they are of no use: a message that hides this word is not well-formed SAML.
function holdsEncrypted(message: Uint8Array): boolean {
  return Buffer.from(message.buffer, message.byteOffset, message.length).includes('Encrypted')
}
