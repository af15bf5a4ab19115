import { hasAdministrators } from '#administrators/administrators.ts'
import { insertLink } from '#administrators/links.ts'
import type { World } from '#config/world.ts'
import type { Database } from '#storage/database.ts'

/** Where nobody administers the place yet: the address of a page, good once, where the first one makes an account. */
export async function firstRunUrl(db: Database, world: World, publicUrl: string): Promise<string | undefined> {
  if (await hasAdministrators(db.read)) return undefined
  const { token } = await insertLink(db.write, { purpose: 'first-run' }, { chance: world.chance, now: world.clock() })
  return `${publicUrl}/admin/first-run/${token}`
}

/** Of what was made for an administrator, or for somebody whom a Company invites. */
export function linkUrl(publicUrl: string, token: string): string {
  return `${publicUrl}/admin/link/${token}`
}
