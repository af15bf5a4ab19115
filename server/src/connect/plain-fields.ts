import { createHash } from 'node:crypto'
import type { AmazonConnectSettings } from '#connect/settings.ts'

/** The settings field by field, to show and compare; of metadata, which is long, what tells it from another. */
export function plainFieldsOf(settings: AmazonConnectSettings): Readonly<Record<string, string | boolean | null>> {
  const { instance, singleSignOn, federation, ...rest } = settings
  const { metadata } = federation
  const short = metadata === null ? null : `SHA-256 ${createHash('sha256').update(metadata).digest('hex')}`
  return {
    ...within('instance.', instance),
    ...within('singleSignOn.', singleSignOn),
    ...within('', rest),
    ...within('federation.', { ...federation, metadata: short }),
  }
}

function within(prefix: string, fields: Readonly<Record<string, string | number | boolean | null>>) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [prefix + name, typeof value === 'number' ? `${value}` : value]),
  )
}
