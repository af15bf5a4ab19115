import { argon2, timingSafeEqual } from 'node:crypto'
import { Secret } from '#config/secret.ts'
import type { Chance } from '#config/world.ts'

/**
 * What one password costs: the first choice of the OWASP Password Storage Cheat Sheet for argon2id. Some 30 ms and 19 MiB.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9106 Argon2
 */
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const
const TAG_BYTES = 32
const SALT_BYTES = 16

/** Two at a time leave the process threads for everything else; who waits behind so many others is better told so. */
const AT_ONCE = 2
const WAITING_AT_MOST = 200

/** More passwords are waiting than can be answered soon. */
export class HashingBusy extends Error {
  override readonly name = 'HashingBusy'
}

type Hashed = { readonly salt: Buffer; readonly tag: Buffer; readonly cost: Cost }
type Cost = { readonly memory: number; readonly passes: number; readonly parallelism: number }

/** @returns the PHC string format: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash` */
export async function hashPassword(password: Secret, chance: Chance): Promise<string> {
  const salt = Buffer.from(chance.bytes(SALT_BYTES))
  const tag = await derive(password, salt, cost, TAG_BYTES)
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`
}

/**
 * Whether it is the password of this hash. Without a hash the answer is no after the same work, so that the time it
 * takes does not tell who has one.
 */
export async function verifyPassword(password: Secret, hash: string | undefined): Promise<boolean> {
  const stored = hash === undefined ? undefined : readHash(hash)
  const { salt, tag, cost: stake } = stored ?? nobody
  const derived = await derive(password, salt, stake, tag.length)
  return timingSafeEqual(derived, tag) && stored !== undefined
}

const nobody: Hashed = { salt: Buffer.alloc(SALT_BYTES, 1), tag: Buffer.alloc(TAG_BYTES), cost }

/** Undefined for what is no argon2id hash, or would cost more than any of ours. */
export function readHash(text: string): Hashed | undefined {
  const match =
    /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{22,64})\$([A-Za-z0-9+/]{22,86})$/.exec(text)
  if (match === null) return undefined
  const [, memory, passes, parallelism, salt = '', tag = ''] = match
  const read = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  if (read.parallelism < 1 || read.passes < 1 || read.memory < 8 * read.parallelism || read.memory > 65_536)
    return undefined
  return { salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64'), cost: read }
}

/** One person may type ö as one character and as two; both are the same password (RFC 8265 section 4.2). */
export function normalized(password: string): Secret {
  return new Secret(password.normalize('NFC'))
}

let running = 0
const waiting: (() => void)[] = []

async function derive(password: Secret, nonce: Buffer, { memory, passes, parallelism }: Cost, tagLength: number) {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING_AT_MOST) throw new HashingBusy('too many passwords at once')
    // Whoever ends hands its place over.
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else running++
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      const message = Buffer.from(password.reveal(), 'utf8')
      argon2('argon2id', { message, nonce, parallelism, tagLength, memory, passes }, (error, tag) =>
        error === null ? resolve(tag) : reject(error),
      )
    })
  } finally {
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
