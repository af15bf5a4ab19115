// The keys of the Environment that a request has to do with.

import type { KeyObject } from 'node:crypto'
import type { Secret } from '#config/secret.ts'
import type { Id, World } from '#config/world.ts'
import { decryptionKeysOf, type PublishedKeys, publishedKeysOf, type SigningKey, signingKeyOf } from '#keys/keys.ts'
import type { Database } from '#storage/database.ts'

type Place = {
  readonly environment: { readonly id: Id<'env'>; readonly slug: string }
  readonly company: { readonly slug: string }
}
type Context = { readonly db: Database; readonly world: World; readonly secret: Secret }

/** The key pair that signs what we send. */
export function keyOfPlace({ db, secret, world }: Context, { environment, company }: Place): Promise<SigningKey> {
  const owner = { environmentId: environment.id, companySlug: company.slug, environmentSlug: environment.slug }
  return signingKeyOf(db, owner, { secret, world })
}

export function decryptionKeysOfPlace({ db, secret }: Context, place: Place): Promise<readonly KeyObject[]> {
  return decryptionKeysOf(db.read, place.environment.id, { secret })
}

/** Makes the first key where there is none, so that nobody reads metadata without one. */
export async function publishedKeysOfPlace(ctx: Context, place: Place): Promise<PublishedKeys> {
  await keyOfPlace(ctx, place)
  return publishedKeysOf(ctx.db.read, place.environment.id)
}
