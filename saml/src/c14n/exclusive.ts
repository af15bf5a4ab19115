// Exclusive XML Canonicalization 1.0 without comments (W3C xml-exc-c14n), over an element and all below it.
//
// Most of a message is in canonical form as it came, so runs of the source are copied and only what differs is written
// anew. Which parts may be copied is noted by the reader (`verbatim`) and decided here token by token; a start tag is
// copied only where it neither declares a namespace nor has one to declare. plain.ts writes everything anew; the tests
// hold the two against each other and against libxml2.

import {
  namespaceOf,
  type Scope,
  verbatimEnd,
  verbatimTag,
  verbatimText,
  verbatimWhole,
  type XmlElement,
} from '../xml/tree.ts'
import { escapeAttribute, escapeText } from '../xml/write.ts'
import { compareCodePoints, inCanonicalOrder } from './order.ts'

export type Canonicalization = {
  /** InclusiveNamespaces PrefixList (§2.2), '' for #default: these prefixes are treated as inclusive C14N would. */
  readonly inclusivePrefixes?: readonly string[]
  /** An element that is left out with all it holds: the Signature, for the enveloped-signature transform. */
  readonly omit?: XmlElement
}

/** The canonical form of `apex` as text; its UTF-8 bytes are what is digested. */
export function canonicalize(apex: XmlElement, options: Canonicalization = {}): string {
  return new Canonicalizer(apex, options).run()
}

class Canonicalizer {
  readonly #apex: XmlElement
  readonly #source: string
  readonly #inclusive: readonly string[]
  readonly #omit: XmlElement | undefined
  #out = ''
  /** Where the run of source begins that is to be copied next. */
  #from: number
  #last: WrittenTag | undefined

  constructor(apex: XmlElement, { inclusivePrefixes = [], omit }: Canonicalization) {
    this.#apex = apex
    this.#source = apex.source
    this.#inclusive = inclusivePrefixes
    this.#omit = omit
    this.#from = apex.start
  }

  run(): string {
    this.#element(this.#apex, undefined, undefined)
    this.#copyUntil(this.#apex.end)
    return this.#out
  }

  #copyUntil(end: number): void {
    if (end > this.#from) this.#out += this.#source.slice(this.#from, end)
    this.#from = end
  }

  // `rendered` is what the output ancestors have declared already (§3, step 3: ns_rendered); `outer` what was in scope there.
  #element(element: XmlElement, rendered: Scope | undefined, outer: Scope | undefined): void {
    const copied = this.#mayCopyTag(element, rendered, outer)
    // Below it nothing is declared and no other prefix is used, so what holds for its tag holds for all of theirs.
    if (copied && (element.verbatim & verbatimWhole) === verbatimWhole && !this.#holdsOmitted(element)) return
    if (copied && element.end === element.contentStart) {
      this.#copyUntil(element.end - '/>'.length)
      this.#out += `></${element.qname}>`
      this.#from = element.end
      return
    }
    const now = copied ? rendered : this.#writeTag(element, rendered, outer)
    if ((element.verbatim & verbatimText) !== 0) {
      for (const child of element.children) if (typeof child !== 'string') this.#child(child, now, element.scope)
    } else {
      this.#writeContent(element, now)
    }
    if ((element.verbatim & verbatimEnd) !== 0) return
    // Its source has no end tag, or one with white space in it.
    const contentEnd =
      element.end === element.contentStart ? element.end : this.#source.lastIndexOf('<', element.end - 1)
    this.#copyUntil(contentEnd)
    this.#out += `</${element.qname}>`
    this.#from = element.end
  }

  #child(child: XmlElement, rendered: Scope | undefined, outer: Scope | undefined): void {
    if (child !== this.#omit) {
      this.#element(child, rendered, outer)
      return
    }
    this.#copyUntil(child.start)
    this.#from = child.end
  }

  // The source of such content has references, CDATA sections, comments or line ends of another kind.
  #writeContent(element: XmlElement, rendered: Scope | undefined): void {
    this.#copyUntil(element.contentStart)
    for (const child of element.children) {
      if (typeof child === 'string') {
        this.#out += escapeText(child)
        continue
      }
      this.#from = child.start
      this.#child(child, rendered, element.scope)
      this.#copyUntil(child.end)
    }
    this.#from = this.#source.lastIndexOf('<', element.end - 1)
  }

  #holdsOmitted(element: XmlElement): boolean {
    return this.#omit !== undefined && this.#omit.start >= element.start && this.#omit.end <= element.end
  }

  #mayCopyTag(element: XmlElement, rendered: Scope | undefined, outer: Scope | undefined): boolean {
    if ((element.verbatim & verbatimTag) === 0) return false
    // A tag that can be copied declares nothing, so what is in scope is as outside, unless this is the apex.
    if (this.#inclusive.length > 0 && element.scope !== outer) return false
    return namespaceOf(rendered, element.prefix) === element.namespace
  }

  #writeTag(element: XmlElement, rendered: Scope | undefined, outer: Scope | undefined): Scope | undefined {
    this.#copyUntil(element.start)
    this.#from = element.contentStart
    const last = this.#last
    if (last !== undefined && isSameTag(last, element, rendered, outer)) {
      this.#out += last.tag
      return last.now
    }
    const now = this.#rendered(element, rendered, outer)
    let tag = `<${element.qname}`
    for (const { prefix, uri } of declarations(now, rendered)) {
      tag += prefix === '' ? ` xmlns="${escapeAttribute(uri)}"` : ` xmlns:${prefix}="${escapeAttribute(uri)}"`
    }
    for (const { prefix, local, value } of inCanonicalOrder(element.attributes)) {
      tag += prefix === '' ? ` ${local}="${escapeAttribute(value)}"` : ` ${prefix}:${local}="${escapeAttribute(value)}"`
    }
    tag += '>'
    this.#out += tag
    this.#last = { element, rendered, outer, tag, now }
    return now
  }

  /** What is rendered behind the start tag. */
  #rendered(element: XmlElement, rendered: Scope | undefined, outer: Scope | undefined): Scope | undefined {
    // Visibly utilized (§1.1): the prefix of the element itself and those of its attributes; and the inclusive ones.
    let now = withDeclared(rendered, element.prefix, element.namespace)
    for (const { prefix, namespace } of element.attributes) {
      if (prefix !== '') now = withDeclared(now, prefix, namespace)
    }
    // Where nothing was declared since, the output ancestor has rendered them: a long list costs something only once.
    if (element.scope !== outer) {
      for (const prefix of this.#inclusive) now = withDeclared(now, prefix, namespaceOf(element.scope, prefix))
    }
    return now
  }
}

function withDeclared(rendered: Scope | undefined, prefix: string, uri: string | undefined): Scope | undefined {
  // xml is declared nowhere: it is bound by definition.
  if (uri === undefined || prefix === 'xml' || namespaceOf(rendered, prefix) === uri) return rendered
  return { prefix, uri, outer: rendered, depth: 0 }
}

/** What was added to `rendered`, in canonical order. */
function declarations(now: Scope | undefined, rendered: Scope | undefined): readonly Scope[] {
  if (now === rendered) return nothing
  const added: Scope[] = []
  for (let scope = now; scope !== rendered && scope !== undefined; scope = scope.outer) added.push(scope)
  return added.length === 1 ? added : added.sort((a, b) => compareCodePoints(a.prefix, b.prefix))
}

const nothing: readonly Scope[] = []

/** A start tag as it was written, and all that it was made of. */
type WrittenTag = {
  readonly element: XmlElement
  readonly rendered: Scope | undefined
  readonly outer: Scope | undefined
  readonly tag: string
  readonly now: Scope | undefined
}

// The reader shares the attributes and the scope of tags that are the same text in the same place, so that comparing
// addresses is enough.
function isSameTag(
  last: WrittenTag,
  { attributes, qname, scope }: XmlElement,
  rendered: Scope | undefined,
  outer: Scope | undefined,
): boolean {
  return (
    last.element.attributes === attributes &&
    last.element.qname === qname &&
    last.element.scope === scope &&
    last.rendered === rendered &&
    last.outer === outer
  )
}
