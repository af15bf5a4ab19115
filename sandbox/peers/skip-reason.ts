/**
 * Absent packages are a visible skip of tests, and a failure where the environment asks for every peer.
 */
import { type PeerKind, peerInstalled } from './peer.ts'

export function skipReason(kind: PeerKind): string | false {
  if (peerInstalled(kind)) return false
  if (process.env.SALLYPORT_REQUIRE_PEERS === '1')
    throw new Error(`${kind} is required: sandbox/peers/install.sh ${kind}`)
  return `${kind} is not installed: sandbox/peers/install.sh ${kind}`
}
