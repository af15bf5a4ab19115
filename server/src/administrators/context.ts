import type { Secret } from '#config/secret.ts'
import type { World } from '#config/world.ts'
import type { Database } from '#storage/database.ts'

export type AdministratorContext = {
  readonly db: Database
  readonly world: World
  /** Seals what the second step is checked with. */
  readonly secret: Secret
}
