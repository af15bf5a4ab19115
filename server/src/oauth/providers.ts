import type { Id } from '#config/world.ts'
import type { PlaceWithVersion } from '#oauth/find-place.ts'
import type { PlaceProvider } from '#oauth/provider.ts'

/**
 * So many Environments keep their authorization server in memory. Each takes some 65 KiB, and making one again one
 * or two milliseconds of the processor, which is less than one token costs (bench/environments.ts).
 */
export const MOST_PROVIDERS = 1000

/**
 * The authorization servers that are in memory, those of the Environments that were asked last. One that was made of keys
 * or names that have changed since, by whichever process, is made anew.
 */
export function keepProviders<P extends Pick<PlaceProvider, 'version'>>(
  make: (place: PlaceWithVersion['place']) => Promise<P>,
  most = MOST_PROVIDERS,
): (wanted: PlaceWithVersion) => Promise<P> {
  const providers = new Map<Id<'env'>, Promise<P>>()
  return async function providerOf(wanted): Promise<P> {
    const { id } = wanted.place.environment
    const known = providers.get(id)
    const provider = await known
    // Several requests may find none, or the old one, at once: the first of them makes the new one.
    const current = providers.get(id)
    if (current !== undefined && current !== known) return current
    if (provider === undefined || provider.version !== wanted.version) return remember(id, make(wanted.place))
    touch(id, known!)
    return provider
  }

  function remember(id: Id<'env'>, made: Promise<P>): Promise<P> {
    touch(id, made)
    made.catch(() => {
      if (providers.get(id) === made) providers.delete(id)
    })
    if (providers.size > most) providers.delete(providers.keys().next().value!)
    return made
  }

  /** The map keeps the order of insertion: what was used last goes to its end. */
  function touch(id: Id<'env'>, provider: Promise<P>): void {
    providers.delete(id)
    providers.set(id, provider)
  }
}
