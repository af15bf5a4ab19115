import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PolicyToRead } from '#access/compile.ts'

const text = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8')

export const schemaText = text('schema.cedarschema')

const shipped = (id: string, name: string): PolicyToRead & { readonly mode: 'enforced' } => ({
  id,
  name,
  text: text(`shipped/${id}.cedar`),
  mode: 'enforced',
})

/** Everything is allowed … */
export const everything = shipped('everything', 'Everything that nothing forbids')
/** … but for this … */
export const allowedIpAddresses = shipped('allowed-ip-addresses', 'Allowed IP Addresses')
/** … and this, and what an Environment forbids. */
export const authorizedClientIds = shipped('authorized-client-ids', 'AuthorizedClientIDs')
