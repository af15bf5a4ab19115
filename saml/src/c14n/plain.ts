// Exclusive XML Canonicalization written for reading beside the recommendation: everything is serialised anew from the
// tree. No message is verified with it; it is what exclusive.ts, which copies, is compared with in the tests.

import { namespaceOf, type Scope, type XmlElement } from '../xml/tree.ts'
import { escapeAttribute, escapeText } from '../xml/write.ts'
import type { Canonicalization } from './exclusive.ts'
import { compareCodePoints, inCanonicalOrder } from './order.ts'

/** The canonical form of `apex` as text; its UTF-8 bytes are what is digested. Throws when a name cannot be resolved. */
export function canonicalizePlainly(apex: XmlElement, options: Canonicalization = {}): string {
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
    now = { prefix, uri, outer: now, depth: 0 }
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
