// Exclusive XML Canonicalization 1.0 without comments (W3C xml-exc-c14n), over an element and all below it. This
// version re-serialises everything from the tree, so that it can be read beside the recommendation.

import { namespaceOf, type Scope, type XmlAttribute, type XmlElement } from '../xml/tree.ts'
import { escapeAttribute, escapeText } from '../xml/write.ts'

export type Canonicalization = {
  /** InclusiveNamespaces PrefixList (§2.2), '' for #default: these prefixes are treated as inclusive C14N would. */
  readonly inclusivePrefixes?: readonly string[]
  /** An element that is left out with all it holds: the Signature, for the enveloped-signature transform. */
  readonly omit?: XmlElement
}

/** The canonical form of `apex` as text; its UTF-8 bytes are what is digested. Throws when a name cannot be resolved. */
export function canonicalize(apex: XmlElement, options: Canonicalization = {}): string {
  return serialize(apex, undefined, undefined, options.inclusivePrefixes ?? [], options.omit)
}

// `rendered` is what the output ancestors have declared already (§3, step 3: ns_rendered); `outer` is what was in scope there.
function serialize(
  element: XmlElement,
  rendered: Scope | undefined,
  outer: Scope | undefined,
  inclusivePrefixes: readonly string[],
  omit: XmlElement | undefined,
): string {
  const name = element.prefix === '' ? element.local : `${element.prefix}:${element.local}`
  const wanted: Scope[] = []
  let now = rendered
  const render = (prefix: string, uri: string | undefined): void => {
    // xml is declared nowhere: it is bound by definition.
    if (uri === undefined || prefix === 'xml' || namespaceOf(now, prefix) === uri) return
    now = { prefix, uri, outer: now }
    wanted.push(now)
  }
  // Visibly utilized (§1.1): the prefix of the element itself and those of its attributes; and the inclusive ones.
  render(element.prefix, element.namespace)
  for (const attribute of element.attributes) {
    if (attribute.prefix !== '') render(attribute.prefix, attribute.namespace)
  }
  // Where nothing was declared since, the output ancestor has rendered them: a long list costs something only once.
  if (element.scope !== outer) {
    for (const prefix of inclusivePrefixes) render(prefix, namespaceOf(element.scope, prefix))
  }

  let out = `<${name}`
  if (wanted.length > 1) wanted.sort((a, b) => compareCodePoints(a.prefix, b.prefix))
  for (const { prefix, uri } of wanted) {
    out += prefix === '' ? ` xmlns="${escapeAttribute(uri)}"` : ` xmlns:${prefix}="${escapeAttribute(uri)}"`
  }
  for (const { prefix, local, value } of inCanonicalOrder(element.attributes)) {
    out += prefix === '' ? ` ${local}="${escapeAttribute(value)}"` : ` ${prefix}:${local}="${escapeAttribute(value)}"`
  }
  out += '>'
  for (const child of element.children) {
    if (typeof child === 'string') out += escapeText(child)
    else if (child !== omit) out += serialize(child, now, element.scope, inclusivePrefixes, omit)
  }
  return `${out}</${name}>`
}

// C14N 1.0 §2.2: by namespace URI, then by local name; attributes in no namespace first.
function inCanonicalOrder(attributes: readonly XmlAttribute[]): readonly XmlAttribute[] {
  if (attributes.length < 2) return attributes
  return [...attributes].sort(
    (a, b) => compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.local, b.local),
  )
}

// The order is that of code points, which is not that of UTF-16 code units once surrogates meet U+E000 and above.
function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const surrogates = (isSurrogate(x) ? 1 : 0) - (isSurrogate(y) ? 1 : 0)
    return surrogates === 0 ? x - y : surrogates
  }
  return a.length - b.length
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff
}
