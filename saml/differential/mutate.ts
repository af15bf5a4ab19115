// Changes documents as attackers and accidents do: families of changes, each by chance, one to three on top of each other.
// It knows SAML's names, and nothing of how messages are judged.

import type { Chance } from './chance.ts'
import { attributeChanges, namespaceChanges } from './mutate-attributes.ts'
import { signatureChanges, wrapping } from './mutate-signatures.ts'
import { byteChanges, encodingChanges, insertions, textChanges, tokenChanges } from './mutate-text.ts'
import { elementChanges, idChanges } from './mutate-tree.ts'
import type { Material, Mutation } from './mutation.ts'

export const families: Readonly<Record<string, readonly Mutation[]>> = {
  bytes: byteChanges,
  tokens: tokenChanges,
  text: textChanges,
  elements: elementChanges,
  wrapping,
  ids: idChanges,
  namespaces: namespaceChanges,
  attributes: attributeChanges,
  insertions,
  signatures: signatureChanges,
}

export type Mutant = { readonly message: string | Uint8Array; readonly changes: readonly string[] }

/** One mutant. A change that finds nothing to change leaves the document as it is. */
export function mutate(xml: string, chance: Chance, material: Material, among: readonly string[]): Mutant {
  const changes: string[] = []
  let text = xml
  const times = chance.pick([1, 1, 1, 2, 2, 3])
  for (let i = 0; i < times; i++) {
    const family = chance.pick(among)
    if (family === 'encodings') {
      changes.push(family)
      return { message: chance.pick(encodingChanges)(text, chance), changes }
    }
    const mutation = chance.pick(families[family] ?? [])
    text = mutation(text, chance, material)
    changes.push(family)
  }
  return { message: text, changes }
}
