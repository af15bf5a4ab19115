// The one tree that everything in this library reads: elements with resolved names, text as plain strings.
// Comments are not kept (canonical XML drops them); `hasComment` remembers that there was one, because text that a
// comment splits has two readings, and we accept neither.

export type XmlAttribute = {
  readonly prefix: string
  readonly local: string
  readonly namespace: string
  readonly value: string
}

/** One namespace declaration; a chain of them, innermost first, is what is in scope at an element. */
export type Scope = {
  readonly prefix: string
  readonly uri: string
  readonly outer: Scope | undefined
  /** How many there are, this one counted. */
  readonly depth: number
}

/** Parts of an element whose source is in canonical form as it stands: bits of `verbatim`. */
/** For an element without content, which has a / in its tag: the tag up to there. */
export const verbatimTag = 1
export const verbatimText = 2
export const verbatimEnd = 4
/** Nothing below it stands in the way of copying the whole: all of it is in canonical form, with one prefix and one scope. */
export const verbatimBelow = 8
export const verbatimWhole = verbatimTag | verbatimText | verbatimEnd | verbatimBelow

export type XmlElement = {
  /** The name as it is written, with its prefix. */
  readonly qname: string
  readonly prefix: string
  readonly local: string
  readonly namespace: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: readonly (XmlElement | string)[]
  /** For the outermost element of a decrypted fragment: the element that it stands in. */
  readonly parent: XmlElement | undefined
  readonly scope: Scope | undefined
  /** The text that was read, and where in it the element begins, its content begins, and it ends: UTF-16 offsets. */
  readonly source: string
  readonly start: number
  readonly contentStart: number
  readonly end: number
  readonly hasComment: boolean
  /** Which of its start tag, the text directly in it, its end tag and what is below it can be copied. */
  readonly verbatim: number
}

/** The namespace that `prefix` stands for at `scope`; '' for no default namespace; undefined for an undeclared prefix. */
export function namespaceOf(scope: Scope | undefined, prefix: string): string | undefined {
  for (let s = scope; s !== undefined; s = s.outer) if (s.prefix === prefix) return s.uri
  return prefix === '' ? '' : undefined
}

export function childElements(element: XmlElement): XmlElement[] {
  const found: XmlElement[] = []
  for (const child of element.children) if (typeof child !== 'string') found.push(child)
  return found
}

export function isNamed(element: XmlElement, namespace: string, local: string): boolean {
  return element.local === local && element.namespace === namespace
}

export function childrenNamed(element: XmlElement, namespace: string, local: string): XmlElement[] {
  const found: XmlElement[] = []
  for (const child of element.children) {
    if (typeof child !== 'string' && child.local === local && child.namespace === namespace) found.push(child)
  }
  return found
}

/** The only child of that name; undefined when there is none or more than one: callers that care count with `childrenNamed`. */
export function onlyChild(element: XmlElement, namespace: string, local: string): XmlElement | undefined {
  let found: XmlElement | undefined
  for (const child of element.children) {
    if (typeof child === 'string' || child.local !== local || child.namespace !== namespace) continue
    if (found !== undefined) return undefined
    found = child
  }
  return found
}

/** The value of an attribute without prefix. */
export function attributeOf(element: XmlElement, local: string): string | undefined {
  for (const attribute of element.attributes) {
    if (attribute.local === local && attribute.namespace === '') return attribute.value
  }
  return undefined
}

/** The text of an element that holds nothing but text; undefined when it holds an element or a comment. */
export function textOf(element: XmlElement): string | undefined {
  if (element.hasComment) return undefined
  // The reader joins text that stands side by side, so there is one piece or none.
  const [text = '', more] = element.children
  return typeof text === 'string' && more === undefined ? text : undefined
}

/** `samlp:Response/saml:Assertion`: where an element stands, for people. */
export function pathOf(element: XmlElement): string {
  return element.parent === undefined ? element.qname : `${pathOf(element.parent)}/${element.qname}`
}

/** Calls `visit` for the element and everything below it, in document order. */
export function walk(element: XmlElement, visit: (element: XmlElement) => void): void {
  visit(element)
  for (const child of element.children) if (typeof child !== 'string') walk(child, visit)
}
