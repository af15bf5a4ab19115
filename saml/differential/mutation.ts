import type { Chance } from './chance.ts'

/** What an attacker has at hand besides the document: elements of their own making, or seen elsewhere. */
export type Material = { readonly elements: readonly string[] }

/** One change of a document. */
export type Mutation = (xml: string, chance: Chance, material: Material) => string
