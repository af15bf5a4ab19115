// What a document may cost. Beyond these it is refused, whatever it holds.

export type XmlLimits = {
  readonly bytes: number
  readonly depth: number
  readonly attributes: number
  /** Namespace declarations in scope at one element: every name is looked up in them, so they bound the cost of a name. */
  readonly declarations: number
  readonly nameLength: number
}

export const defaultLimits: XmlLimits = {
  bytes: 256 * 1024,
  depth: 64,
  attributes: 64,
  declarations: 64,
  nameLength: 256,
}
