import { base32 } from '#administrators/totp.ts'
import type { Chance, Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import { tokenHash } from '#storage/token-hash.ts'

const HOW_MANY = 10

/** Of 80 random bits, so that a plain hash is enough for them. The former ones are good no longer. */
export async function saveRecoveryCodes(
  tx: Handle,
  administratorId: Id<'admin'>,
  chance: Chance,
): Promise<readonly string[]> {
  const codes = Array.from({ length: HOW_MANY }, () => newRecoveryCode(chance))
  await tx.deleteFrom('administrator_recovery_codes').where('administrator_id', '=', administratorId).execute()
  const rows = codes.map((code) => ({
    administrator_id: administratorId,
    code_hash: recoveryHash(administratorId, code),
  }))
  await tx.insertInto('administrator_recovery_codes').values(rows).execute()
  return codes
}

/** However it is typed: capitals, spaces and hyphens do not matter. */
export function recoveryHash(administratorId: Id<'admin'>, code: string): string {
  return tokenHash(`${administratorId} ${code.toLowerCase().replaceAll(/[\s-]/g, '')}`)
}

/** `k4vq-2m7x-w3np-hz5t` */
function newRecoveryCode(chance: Chance): string {
  return base32(chance.bytes(10)).toLowerCase().match(/.{4}/g)?.join('-') ?? ''
}
