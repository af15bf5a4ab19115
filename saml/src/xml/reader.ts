// The scanner behind read.ts: one pass over the text. It finds `<`, `>` and quotation marks with indexOf and walks single
// characters only inside names and between attributes. Of each element it notes how much of its source is in canonical
// form already (`verbatim`), so that canonicalization can copy instead of writing anew.

import { namespaces } from '../uris.ts'
import { isBlank, isWhiteSpace } from './characters.ts'
import type { XmlLimits } from './limits.ts'
import { declarationFault, nameIn, noName, type QualifiedName, qualifiedName, usualNamespace } from './names.ts'
import { readReferences } from './references.ts'
import {
  namespaceOf,
  type Scope,
  verbatimBelow,
  verbatimEnd,
  verbatimTag,
  verbatimText,
  verbatimWhole,
  type XmlAttribute,
  type XmlElement,
} from './tree.ts'
import { XmlError } from './xml-error.ts'

type OpenElement = { -readonly [K in keyof XmlElement]: XmlElement[K] } & {
  children: (XmlElement | string)[]
  readonly name: QualifiedName
}

const noAttributes: readonly XmlAttribute[] = []
// Shared by all that are empty; the first child brings an array of its own, which for most is the only one.
const noChildren: (XmlElement | string)[] = []

export class Reader {
  readonly #source: string
  readonly #limits: XmlLimits
  /** The element that a fragment stands in. */
  readonly #context: XmlElement | undefined
  // Asked once of the whole text, so that most documents never ask again.
  readonly #hasReferences: boolean
  readonly #hasReturns: boolean
  readonly #hasTabs: boolean
  #position: number
  /** Where the next `<` is, or -1. */
  #next = -1
  /** Where the line feed was found that was looked for last; the length of the text where there was none. */
  #lineFeed = -1
  #depth = 0
  #root: XmlElement | undefined
  // What the scan of a start tag finds, besides what it returns.
  #scope: Scope | undefined
  #canonical = true
  /** The name of the element that began last. */
  #before = noName
  /** By depth, the element that began there last, and its start tag where it may well come again. */
  readonly #latest: (OpenElement | undefined)[] = []
  readonly #repeated: (string | undefined)[] = []

  constructor(source: string, from: number, limits: XmlLimits, context?: XmlElement) {
    this.#source = source
    this.#limits = limits
    this.#context = context
    this.#hasReferences = source.includes('&')
    this.#hasReturns = source.includes('\r')
    this.#hasTabs = source.includes('\t')
    this.#position = from
    for (let outer = context; outer !== undefined; outer = outer.parent) this.#depth++
  }

  /** Reads the one element of the text. Throws `XmlError`. */
  read(): XmlElement {
    const source = this.#source
    let open: OpenElement | undefined
    this.#next = source.indexOf('<', this.#position)
    for (;;) {
      const tag = this.#next
      const end = tag === -1 ? source.length : tag
      if (end > this.#position) this.#text(end, open)
      if (tag === -1) break
      const next = source.charCodeAt(tag + 1)
      if (next === 0x2f /* / */) open = this.#endTag(tag, open)
      else if (next === 0x21 /* ! */) this.#markup(tag, open)
      else if (next === 0x3f /* ? */) this.#fail('xml-processing-instruction', 'a processing instruction', tag)
      else open = this.#startTag(tag, open)
      if (next === 0x2f || next === 0x21) this.#next = this.#nextTag()
    }
    if (open !== undefined) this.#fail('xml-well-formed', `<${open.qname}> is not closed`, open.start)
    if (this.#root === undefined) return this.#fail('xml-well-formed', 'no element at all', 0)
    return this.#root
  }

  // Often one tag follows another at once.
  #nextTag(): number {
    const at = this.#position
    return this.#source.charCodeAt(at) === 0x3c ? at : this.#source.indexOf('<', at)
  }

  #text(end: number, open: OpenElement | undefined): void {
    const at = this.#position
    const raw = this.#source.slice(at, end)
    this.#position = end
    if (open === undefined) {
      if (!isBlank(raw)) this.#fail('xml-well-formed', 'text outside the root element', at)
      return
    }
    const closing = this.#source.indexOf('>', at)
    if (closing !== -1 && closing < end) {
      // XML 1.0 §2.4: the closing mark of a CDATA section may not stand in text.
      if (raw.includes(']]>')) this.#fail('xml-well-formed', ']]> in text', at)
      open.verbatim &= ~verbatimText
    }
    const text = this.#references(this.#hasReturns ? endOfLines(raw) : raw, at)
    if (text !== raw) open.verbatim &= ~verbatimText
    if (text !== '') append(open, text)
  }

  #references(text: string, at: number): string {
    if (!this.#hasReferences || !text.includes('&')) return text
    return readReferences(text, (reason) => this.#fail('xml-well-formed', reason, at))
  }

  // Comments and CDATA sections; anything else that begins with <! is a DOCTYPE or its parts, in whatever case.
  #markup(tag: number, open: OpenElement | undefined): void {
    const source = this.#source
    if (open !== undefined) open.verbatim &= ~verbatimText
    if (source.startsWith('<!--', tag)) {
      const end = source.indexOf('--', tag + 4)
      if (end === -1 || source.charCodeAt(end + 2) !== 0x3e) this.#fail('xml-well-formed', 'a broken comment', tag)
      if (open !== undefined) open.hasComment = true
      this.#position = end + 3
    } else if (source.startsWith('<![CDATA[', tag) && open !== undefined) {
      const end = source.indexOf(']]>', tag + 9)
      if (end === -1) this.#fail('xml-well-formed', 'a CDATA section that does not end', tag)
      if (end > tag + 9) append(open, endOfLines(source.slice(tag + 9, end)))
      this.#position = end + 3
    } else if (/^<!doctype/i.test(source.slice(tag, tag + 9))) {
      this.#fail('xml-doctype', 'a DOCTYPE', tag)
    } else {
      this.#fail('xml-well-formed', 'markup that XML does not have here', tag)
    }
  }

  #endTag(tag: number, open: OpenElement | undefined): OpenElement | undefined {
    if (open === undefined) return this.#fail('xml-well-formed', 'an end tag that closes nothing', tag)
    const { endTag } = open.name
    const expected = tag + endTag.length
    const end = this.#source.slice(tag, expected) === endTag ? expected : this.#spacedEndTag(tag, open)
    this.#position = end
    open.end = end
    this.#depth--
    if (open === this.#root) return undefined
    const parent = open.parent as OpenElement
    if ((open.verbatim & verbatimWhole) !== verbatimWhole || open.prefix !== parent.prefix) {
      parent.verbatim &= ~verbatimBelow
    }
    return parent
  }

  // XML 1.0 §3.1: white space may stand behind the name.
  #spacedEndTag(tag: number, open: OpenElement): number {
    const source = this.#source
    open.verbatim &= ~verbatimEnd
    let end = tag + 2 + open.qname.length
    const same = source.startsWith(open.qname, tag + 2)
    while (isWhiteSpace(source.charCodeAt(end))) end++
    if (!same || source.charCodeAt(end) !== 0x3e) {
      this.#fail('xml-well-formed', `<${open.qname}> is closed by another name`, tag)
    }
    return end + 1
  }

  #startTag(tag: number, open: OpenElement | undefined): OpenElement | undefined {
    if (open === undefined && this.#root !== undefined) this.#fail('xml-well-formed', 'a second root element', tag)
    if (++this.#depth > this.#limits.depth) {
      this.#fail('xml-limits', `elements nested more than ${this.#limits.depth} deep`, tag)
    }
    const element = this.#repeatedTag(tag, open ?? this.#context) ?? this.#newTag(tag, open ?? this.#context)
    if (open === undefined) this.#root = element
    else append(open, element)
    if ((element.verbatim & verbatimEnd) !== 0) return element
    // It is empty and has no end tag.
    this.#depth--
    if (open !== undefined) open.verbatim &= ~verbatimBelow
    return open
  }

  // The values of an attribute have the same start tag each: the same text in the same scope is the same tag.
  #repeatedTag(tag: number, parent: XmlElement | undefined): OpenElement | undefined {
    const depth = this.#depth
    const text = this.#repeated[depth]
    if (text === undefined) return undefined
    const before = this.#latest[depth] as OpenElement
    const end = tag + text.length
    if (before.parent?.scope !== parent?.scope || this.#source.slice(tag, end) !== text) return undefined
    this.#position = end
    this.#next = this.#nextTag()
    this.#before = before.name
    return {
      qname: before.qname,
      name: before.name,
      prefix: before.prefix,
      local: before.local,
      namespace: before.namespace,
      attributes: before.attributes,
      children: noChildren,
      parent,
      scope: before.scope,
      source: this.#source,
      start: tag,
      contentStart: end,
      end,
      hasComment: false,
      verbatim: (before.verbatim & verbatimTag) | verbatimText | verbatimEnd | verbatimBelow,
    }
  }

  #newTag(tag: number, parent: XmlElement | undefined): OpenElement {
    this.#position = tag + 1
    // The tag that follows; a `<` that comes before this tag's end is one inside it, where XML has none.
    this.#next = this.#source.indexOf('<', tag + 1)
    this.#scope = parent?.scope
    this.#canonical = true
    const name = this.#name(this.#before.nextElement)
    this.#before.nextElement = name.slot
    this.#before = name
    const { prefix, local } = name
    const written = this.#attributes(tag, name, parent?.scope)
    const scope = this.#scope
    const empty = this.#source.charCodeAt(this.#position) === 0x2f
    if (empty && this.#source.charCodeAt(this.#position + 1) !== 0x3e) {
      this.#fail('xml-well-formed', 'a stray / in a tag', this.#position)
    }
    this.#position += empty ? 2 : 1
    const end = this.#position
    const element: OpenElement = {
      qname: name.name,
      name,
      prefix,
      local,
      namespace: this.#resolve(scope, prefix, tag),
      attributes: written === undefined ? noAttributes : this.#resolveAll(written, scope, tag),
      children: noChildren,
      parent,
      scope,
      source: this.#source,
      start: tag,
      contentStart: end,
      end,
      hasComment: false,
      verbatim: verbatimText | (empty ? 0 : verbatimEnd | verbatimBelow) | (this.#canonical ? verbatimTag : 0),
    }
    const before = this.#latest[this.#depth]
    const alike =
      !empty && before !== undefined && before.name === name && before.contentStart - before.start === end - tag
    this.#repeated[this.#depth] = alike ? this.#source.slice(tag, end) : undefined
    this.#latest[this.#depth] = element
    return element
  }

  /** The attributes as they are written, in pairs of name and value; declarations go into the scope. */
  #attributes(tag: number, element: QualifiedName, outer: Scope | undefined): XmlAttribute[] | undefined {
    const source = this.#source
    let last = element
    let written: XmlAttribute[] | undefined
    for (;;) {
      const before = this.#position
      let at = before
      while (isWhiteSpace(source.charCodeAt(at))) at++
      this.#position = at
      const code = source.charCodeAt(at)
      if (code === 0x3e /* > */ || code === 0x2f /* / */) {
        if (at !== before) this.#canonical = false
        return written
      }
      if (Number.isNaN(code)) this.#fail('xml-well-formed', 'a tag that does not end', tag)
      if (at === before) this.#fail('xml-well-formed', 'attributes that are not parted by white space', at)
      if (at !== before + 1 || source.charCodeAt(before) !== 0x20) this.#canonical = false
      const name = this.#name(last.nextInTag)
      last.nextInTag = name.slot
      last = name
      const value = this.#value(name.name)
      if (name.declares !== undefined) {
        this.#declare(name.declares, value, outer, at)
        continue
      }
      if (written !== undefined && this.#canonical) {
        this.#canonical = inOrder(written[written.length - 1] as XmlAttribute, name)
      }
      // Attributes in a namespace come after all others in canonical form; which is which is known at the tag's end.
      if (name.prefix !== '') this.#canonical = false
      const attribute = { prefix: name.prefix, local: name.local, namespace: '', value }
      if (written === undefined) written = [attribute]
      else written.push(attribute)
      if (written.length > this.#limits.attributes) {
        this.#fail('xml-limits', `more than ${this.#limits.attributes} attributes on one element`, at)
      }
    }
  }

  #declare(prefix: string, written: string, outer: Scope | undefined, at: number): void {
    this.#canonical = false
    const usual = prefix === 'xml' || prefix === 'xmlns' ? undefined : usualNamespace(written)
    const uri = usual ?? written
    const fault = usual === undefined ? declarationFault(prefix, uri) : undefined
    if (fault !== undefined) this.#fail('xml-namespaces', fault, at)
    for (let s = this.#scope; s !== outer; s = s?.outer) {
      if (s?.prefix === prefix) this.#fail('xml-well-formed', `xmlns:${prefix} is declared twice`, at)
    }
    const depth = (this.#scope?.depth ?? 0) + 1
    if (depth > this.#limits.declarations) {
      this.#fail('xml-limits', `more than ${this.#limits.declarations} namespace declarations in scope`, at)
    }
    this.#scope = { prefix, uri, outer: this.#scope, depth }
  }

  #resolveAll(written: XmlAttribute[], scope: Scope | undefined, at: number): readonly XmlAttribute[] {
    for (let i = 0; i < written.length; i++) {
      let attribute = written[i] as XmlAttribute
      // Namespaces in XML 1.0 §6.2: an attribute without prefix is in no namespace, whatever the default.
      if (attribute.prefix !== '') {
        attribute = { ...attribute, namespace: this.#resolve(scope, attribute.prefix, at) }
        written[i] = attribute
      }
      for (let j = 0; j < i; j++) {
        // §6.3: unique by expanded name, so two prefixes for one namespace do not hide a second one.
        const other = written[j] as XmlAttribute
        if (other.local === attribute.local && other.namespace === attribute.namespace) {
          this.#fail('xml-well-formed', `the attribute ${attribute.local} stands twice`, at)
        }
      }
    }
    return written
  }

  #value(name: string): string {
    const source = this.#source
    if (source.charCodeAt(this.#position) !== 0x3d) this.#spaceAround(name)
    let at = this.#position + 1
    if (isWhiteSpace(source.charCodeAt(at))) {
      this.#canonical = false
      while (isWhiteSpace(source.charCodeAt(at))) at++
    }
    const quote = source.charCodeAt(at)
    if (quote !== 0x22 && quote !== 0x27)
      this.#fail('xml-well-formed', `the value of ${name} has no quotation marks`, at)
    if (quote === 0x27) this.#canonical = false
    const start = at + 1
    const end = source.indexOf(quote === 0x22 ? '"' : "'", start)
    if (end === -1) this.#fail('xml-well-formed', `the value of ${name} does not end`, start)
    this.#position = end + 1
    if (this.#next !== -1 && this.#next < end) this.#fail('xml-well-formed', `a < in the value of ${name}`, start)
    const raw = source.slice(start, end)
    // XML 1.0 §3.3.3: white space becomes spaces, before references are read, so that &#xA; stays a line feed.
    const spaced = this.#hasBreakBefore(end, start) ? raw.replace(/\r\n|[\t\n\r]/g, ' ') : raw
    const value = this.#references(spaced, start)
    if (value !== raw) this.#canonical = false
    return value
  }

  // In most documents the only breaks are line feeds between elements: where the next one is, is asked once for many values.
  #hasBreakBefore(end: number, start: number): boolean {
    if (this.#hasReturns || this.#hasTabs) return /[\t\n\r]/.test(this.#source.slice(start, end))
    if (this.#lineFeed < start) {
      const found = this.#source.indexOf('\n', start)
      this.#lineFeed = found === -1 ? this.#source.length : found
    }
    return this.#lineFeed < end
  }

  #spaceAround(name: string): void {
    const at = this.#position
    while (isWhiteSpace(this.#source.charCodeAt(this.#position))) this.#position++
    this.#canonical = false
    if (this.#source.charCodeAt(this.#position) !== 0x3d) {
      this.#fail('xml-well-formed', `the attribute ${name} has no value`, at)
    }
  }

  /** The name that stands here; `guess` is the slot of the one that may well. */
  #name(guess: number): QualifiedName {
    const source = this.#source
    const start = this.#position
    const likely = nameIn(guess)
    if (likely !== undefined) {
      const end = start + likely.name.length
      if (
        endsName(source.charCodeAt(end)) &&
        source.slice(start, end) === likely.name &&
        end - start <= this.#limits.nameLength
      ) {
        this.#position = end
        return likely
      }
    }
    let end = start
    while (!endsName(source.charCodeAt(end))) end++
    this.#position = end
    if (end - start > this.#limits.nameLength) {
      this.#fail('xml-limits', `a name of more than ${this.#limits.nameLength} characters`, start)
    }
    const name = qualifiedName(source, start, end)
    if (name === undefined) {
      return this.#fail(
        'xml-well-formed',
        `${JSON.stringify(source.slice(start, Math.min(end, start + 40)))} is not a name`,
        start,
      )
    }
    return name
  }

  #resolve(scope: Scope | undefined, prefix: string, at: number): string {
    if (prefix === 'xml') return namespaces.xml
    if (prefix === 'xmlns') this.#fail('xml-namespaces', 'an element with the prefix xmlns', at)
    const uri = namespaceOf(scope, prefix)
    if (uri === undefined) return this.#fail('xml-namespaces', `the prefix ${prefix} is not declared`, at)
    return uri
  }

  #fail(code: XmlError['code'], reason: string, at: number): never {
    throw new XmlError(code, reason, this.#source, at)
  }
}

// White space, =, /, > and < end a name; so do characters that are forbidden anyway.
const namesEnd = new Uint8Array(0x40).fill(1, 0, 0x21)
for (const character of '=/><') namesEnd[character.charCodeAt(0)] = 1

// NaN stands behind the last character.
function endsName(code: number): boolean {
  return code < 0x40 ? namesEnd[code] === 1 : Number.isNaN(code)
}

// Both without prefix, so both in no namespace: by local name. Only ASCII is decided here, the rest is written anew.
function inOrder(before: XmlAttribute, after: QualifiedName): boolean {
  return before.prefix === '' && after.prefix === '' && after.ascii && before.local < after.local
}

// XML 1.0 §2.11: every line ends in one line feed.
function endOfLines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

function append(open: OpenElement, child: XmlElement | string): void {
  const { children } = open
  if (children.length === 0) {
    open.children = [child]
    return
  }
  const last = children.length - 1
  const before = children[last]
  if (typeof child === 'string' && typeof before === 'string') children[last] = before + child
  else children.push(child)
}
