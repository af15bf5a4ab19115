import { type AdministratorFault, refuse } from '#administrators/refusals.ts'
import type { Chance } from '#config/world.ts'
import { hashPassword, normalized } from '#passwords/hash.ts'
import { faultOf } from '#passwords/refusal.ts'

const MINIMUM_LENGTH = 12

/**
 * The hash of a password that is good enough. Takes its time: not in a transaction.
 *
 * @throws AdministratorRefused where it is not
 */
export async function newPasswordHash(password: string, email: string, chance: Chance): Promise<string> {
  const wanted = normalized(password)
  const fault = faultOf(wanted.reveal(), { username: email, email }, { minimumLength: MINIMUM_LENGTH })
  if (fault !== undefined) refuse(fault.code as AdministratorFault)
  return hashPassword(wanted, chance)
}
