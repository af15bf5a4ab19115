// The XML reader: one pass over the source, one tree, refusing what SAML has no use for. It never repairs: a document
// is read exactly as XML 1.0 and Namespaces in XML 1.0 say, or it is refused with the place of the mistake.
// Refused although XML allows it: DOCTYPE, processing instructions, encodings other than UTF-8, XML 1.1.

import { namespaces } from '../uris.ts'
import { hasForbiddenCharacter, isBlank, isNcName, isWhiteSpace } from './characters.ts'
import { readReferences } from './references.ts'
import { namespaceOf, type Scope, type XmlAttribute, type XmlElement } from './tree.ts'
import { XmlError } from './xml-error.ts'

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

type OpenElement = {
  -readonly [K in keyof XmlElement]: XmlElement[K]
} & { children: (XmlElement | string)[]; qualifiedName: string }

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a whole document and returns its root element.
 *
 * Bytes are taken as UTF-8 with a fatal decoder (a byte order mark is tolerated); a string is taken as already decoded.
 * Throws `XmlError` with a code, the reason and the line and column.
 */
export function readXml(input: Uint8Array | string, limits: XmlLimits = defaultLimits): XmlElement {
  // A UTF-16 code unit stands for at most three bytes of UTF-8: the exact length is only counted where it could matter.
  const size = typeof input !== 'string' ? input.length : input.length * 3 > limits.bytes ? utf8Length(input) : 0
  if (size > limits.bytes) {
    throw new XmlError('message-size', `${size} bytes, more than the ${limits.bytes} that are read`, '', 0)
  }
  return new Reader(decode(input), limits).read()
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length
}

function decode(input: Uint8Array | string): string {
  if (typeof input === 'string') {
    if (!input.isWellFormed()) throw new XmlError('message-encoding', 'a lone surrogate', '', 0)
    return input
  }
  try {
    return decoder.decode(input)
  } catch {
    throw new XmlError('message-encoding', 'bytes that are not UTF-8', '', 0)
  }
}

class Reader {
  readonly #source: string
  readonly #limits: XmlLimits
  readonly #wellKnownNames = new Set<string>()
  #position = 0
  #depth = 0
  #root: XmlElement | undefined

  constructor(source: string, limits: XmlLimits) {
    this.#source = source
    this.#limits = limits
  }

  read(): XmlElement {
    const source = this.#source
    if (hasForbiddenCharacter(source)) this.#fail('xml-well-formed', 'a character that XML does not allow', 0)
    this.#declaration()
    let open: OpenElement | undefined
    for (;;) {
      const tag = source.indexOf('<', this.#position)
      const text = source.slice(this.#position, tag === -1 ? source.length : tag)
      if (text !== '') this.#text(text, open)
      if (tag === -1) break
      const next = source.charCodeAt(tag + 1)
      if (next === 0x2f /* / */) open = this.#endTag(tag, open)
      else if (next === 0x21 /* ! */) this.#markup(tag, open)
      else if (next === 0x3f /* ? */) this.#fail('xml-processing-instruction', 'a processing instruction', tag)
      else open = this.#startTag(tag, open)
    }
    if (open !== undefined) this.#fail('xml-well-formed', `<${open.qualifiedName}> is not closed`, open.start)
    if (this.#root === undefined) return this.#fail('xml-well-formed', 'no element at all', 0)
    return this.#root
  }

  // XML 1.0 §2.8. Only version 1.0 and UTF-8, whatever the case of the letters.
  #declaration(): void {
    if (!this.#source.startsWith('<?xml') || !isWhiteSpace(this.#source.charCodeAt(5))) return
    const end = this.#source.indexOf('?>')
    const text = end === -1 ? '' : this.#source.slice(5, end).replace(/[\t\n\r]/g, ' ')
    const match =
      /^ +version *= *(?:"([^"]*)"|'([^']*)')(?: +encoding *= *(?:"([^"]*)"|'([^']*)'))?(?: +standalone *= *(?:"(?:yes|no)"|'(?:yes|no)'))? *$/.exec(
        text,
      )
    if (match === null) this.#fail('xml-well-formed', 'a broken XML declaration', 0)
    const version = match?.[1] ?? match?.[2]
    const encoding = match?.[3] ?? match?.[4] ?? 'UTF-8'
    if (version !== '1.0') this.#fail('xml-well-formed', `XML version ${version}`, 0)
    if (encoding.toUpperCase() !== 'UTF-8') this.#fail('message-encoding', `encoding ${encoding}`, 0)
    this.#position = end + 2
  }

  #text(text: string, open: OpenElement | undefined): void {
    const at = this.#position
    this.#position += text.length
    if (open === undefined) {
      if (!isBlank(text)) this.#fail('xml-well-formed', 'text outside the root element', at)
      return
    }
    // XML 1.0 §2.4: the closing mark of a CDATA section may not stand in text.
    if (text.includes(']]>')) this.#fail('xml-well-formed', ']]> in text', at)
    append(open, this.#references(endOfLines(text), at))
  }

  #references(text: string, at: number): string {
    if (!text.includes('&')) return text
    return readReferences(text, (reason) => this.#fail('xml-well-formed', reason, at))
  }

  // Comments and CDATA sections; anything else that begins with <! is a DOCTYPE or its parts, in whatever case.
  #markup(tag: number, open: OpenElement | undefined): void {
    const source = this.#source
    if (source.startsWith('<!--', tag)) {
      const end = source.indexOf('--', tag + 4)
      if (end === -1 || source.charCodeAt(end + 2) !== 0x3e) this.#fail('xml-well-formed', 'a broken comment', tag)
      if (open !== undefined) open.hasComment = true
      this.#position = end + 3
    } else if (source.startsWith('<![CDATA[', tag) && open !== undefined) {
      const end = source.indexOf(']]>', tag + 9)
      if (end === -1) this.#fail('xml-well-formed', 'a CDATA section that does not end', tag)
      const text = endOfLines(source.slice(tag + 9, end))
      if (text !== '') append(open, text)
      this.#position = end + 3
    } else if (/^<!doctype/i.test(source.slice(tag, tag + 9))) {
      this.#fail('xml-doctype', 'a DOCTYPE', tag)
    } else {
      this.#fail('xml-well-formed', 'markup that XML does not have here', tag)
    }
  }

  #endTag(tag: number, open: OpenElement | undefined): OpenElement | undefined {
    const source = this.#source
    const close = source.indexOf('>', tag)
    if (open === undefined || close === -1) return this.#fail('xml-well-formed', 'an end tag that closes nothing', tag)
    const name = open.qualifiedName
    let end = tag + 2 + name.length
    if (!source.startsWith(name, tag + 2)) this.#fail('xml-well-formed', `<${name}> is closed by another name`, tag)
    while (isWhiteSpace(source.charCodeAt(end))) end++
    if (end !== close) this.#fail('xml-well-formed', `<${name}> is closed by another name`, tag)
    this.#position = close + 1
    open.end = this.#position
    this.#depth--
    return open.parent as OpenElement | undefined
  }

  #startTag(tag: number, parent: OpenElement | undefined): OpenElement | undefined {
    if (parent === undefined && this.#root !== undefined) this.#fail('xml-well-formed', 'a second root element', tag)
    if (++this.#depth > this.#limits.depth) {
      this.#fail('xml-limits', `elements nested more than ${this.#limits.depth} deep`, tag)
    }
    const source = this.#source
    this.#position = tag + 1
    const qualifiedName = this.#name()
    let scope: Scope | undefined = parent?.scope
    let written: { name: string; value: string; at: number }[] | undefined
    for (;;) {
      const gap = this.#skipWhiteSpace()
      const code = source.charCodeAt(this.#position)
      if (code === 0x3e /* > */ || code === 0x2f /* / */) break
      if (Number.isNaN(code)) this.#fail('xml-well-formed', `the tag <${qualifiedName} does not end`, tag)
      if (!gap) this.#fail('xml-well-formed', 'attributes that are not parted by white space', this.#position)
      const at = this.#position
      const name = this.#name()
      const value = this.#attributeValue(name)
      if (name === 'xmlns' || name.startsWith('xmlns:')) {
        const prefix = name === 'xmlns' ? '' : name.slice(6)
        this.#checkDeclaration(prefix, value, at)
        for (let s: Scope | undefined = scope; s !== parent?.scope; s = s?.outer) {
          if (s?.prefix === prefix) this.#fail('xml-well-formed', `${name} is declared twice`, at)
        }
        scope = { prefix, uri: value, outer: scope }
        this.#checkScope(scope, at)
      } else {
        if (written === undefined) written = []
        written.push({ name, value, at })
      }
      if (written !== undefined && written.length > this.#limits.attributes) {
        this.#fail('xml-limits', `more than ${this.#limits.attributes} attributes on one element`, at)
      }
    }
    const { prefix, local } = this.#split(qualifiedName, tag)
    const namespace = this.#resolve(scope, prefix, tag)
    const element: OpenElement = {
      prefix,
      local,
      namespace,
      attributes: written === undefined ? noAttributes : this.#attributes(written, scope),
      children: [],
      parent,
      scope,
      hasComment: false,
      start: tag,
      contentStart: 0,
      end: 0,
      qualifiedName,
    }
    if (parent === undefined) this.#root = element
    else parent.children.push(element)
    return this.#finishTag(element)
  }

  #finishTag(element: OpenElement): OpenElement | undefined {
    const empty = this.#source.charCodeAt(this.#position) === 0x2f
    if (empty && this.#source.charCodeAt(this.#position + 1) !== 0x3e) {
      this.#fail('xml-well-formed', 'a stray / in a tag', this.#position)
    }
    this.#position += empty ? 2 : 1
    element.contentStart = this.#position
    if (!empty) return element
    element.end = this.#position
    this.#depth--
    return element.parent as OpenElement | undefined
  }

  #checkScope(scope: Scope, at: number): void {
    let count = 0
    for (let s: Scope | undefined = scope; s !== undefined; s = s.outer) count++
    if (count > this.#limits.declarations) {
      this.#fail('xml-limits', `more than ${this.#limits.declarations} namespace declarations in scope`, at)
    }
  }

  #attributes(written: { name: string; value: string; at: number }[], scope: Scope | undefined): XmlAttribute[] {
    const attributes: XmlAttribute[] = []
    for (const { name, value, at } of written) {
      const { prefix, local } = this.#split(name, at)
      // Namespaces in XML 1.0 §6.2: an attribute without prefix is in no namespace, whatever the default.
      const namespace = prefix === '' ? '' : this.#resolve(scope, prefix, at)
      for (const other of attributes) {
        // §6.3: unique by expanded name, so two prefixes for one namespace do not hide a second one.
        if (other.local === local && other.namespace === namespace) {
          this.#fail('xml-well-formed', `the attribute ${name} stands twice`, at)
        }
      }
      attributes.push({ prefix, local, namespace, value })
    }
    return attributes
  }

  #attributeValue(name: string): string {
    const source = this.#source
    this.#skipWhiteSpace()
    if (source.charCodeAt(this.#position) !== 0x3d) {
      this.#fail('xml-well-formed', `the attribute ${name} has no value`, this.#position)
    }
    this.#position++
    this.#skipWhiteSpace()
    const quote = source[this.#position]
    if (quote !== '"' && quote !== "'") {
      return this.#fail('xml-well-formed', `the value of ${name} has no quotation marks`, this.#position)
    }
    const start = this.#position + 1
    const end = source.indexOf(quote, start)
    if (end === -1) this.#fail('xml-well-formed', `the value of ${name} does not end`, start)
    this.#position = end + 1
    const raw = source.slice(start, end)
    if (raw.includes('<')) this.#fail('xml-well-formed', `a < in the value of ${name}`, start)
    // XML 1.0 §3.3.3: white space becomes spaces, before references are read, so that &#xA; stays a line feed.
    return this.#references(/[\t\n\r]/.test(raw) ? raw.replace(/\r\n|[\t\n\r]/g, ' ') : raw, start)
  }

  #skipWhiteSpace(): boolean {
    const from = this.#position
    while (isWhiteSpace(this.#source.charCodeAt(this.#position))) this.#position++
    return this.#position > from
  }

  #name(): string {
    const source = this.#source
    const start = this.#position
    let end = start
    for (; end < source.length; end++) {
      const code = source.charCodeAt(end)
      if (code <= 0x3e && (isWhiteSpace(code) || code === 0x3d || code === 0x2f || code === 0x3e || code === 0x3c))
        break
    }
    const name = source.slice(start, end)
    this.#position = end
    if (this.#wellKnownNames.has(name)) return name
    if (name.length > this.#limits.nameLength) {
      this.#fail('xml-limits', `a name of more than ${this.#limits.nameLength} characters`, start)
    }
    const colon = name.indexOf(':')
    const sound = colon === -1 ? isNcName(name) : isNcName(name.slice(0, colon)) && isNcName(name.slice(colon + 1))
    if (!sound) this.#fail('xml-well-formed', `${JSON.stringify(name.slice(0, 40))} is not a name`, start)
    this.#wellKnownNames.add(name)
    return name
  }

  #split(name: string, at: number): { prefix: string; local: string } {
    const colon = name.indexOf(':')
    if (colon === -1) return { prefix: '', local: name }
    const prefix = name.slice(0, colon)
    if (prefix === 'xmlns') this.#fail('xml-namespaces', 'an element or attribute with the prefix xmlns', at)
    return { prefix, local: name.slice(colon + 1) }
  }

  #resolve(scope: Scope | undefined, prefix: string, at: number): string {
    if (prefix === 'xml') return namespaces.xml
    const uri = namespaceOf(scope, prefix)
    if (uri === undefined) return this.#fail('xml-namespaces', `the prefix ${prefix} is not declared`, at)
    return uri
  }

  // Namespaces in XML 1.0 §3 (reserved prefixes) and §5 (a prefix cannot be undeclared).
  #checkDeclaration(prefix: string, uri: string, at: number): void {
    const refuse = (reason: string): never => this.#fail('xml-namespaces', reason, at)
    if (prefix === 'xmlns' || uri === namespaces.xmlns) refuse('xmlns cannot be declared')
    if ((prefix === 'xml') !== (uri === namespaces.xml)) refuse('xml cannot be bound to another namespace')
    if (prefix !== '' && uri === '') refuse(`the prefix ${prefix} is undeclared`)
    // C14N 1.0 §1.3 fails on relative namespace URIs; what cannot be canonicalized is never accepted.
    if (uri !== '' && !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(uri)) refuse(`the namespace ${JSON.stringify(uri)} is relative`)
  }

  #fail(code: XmlError['code'], reason: string, at: number): never {
    throw new XmlError(code, reason, this.#source, at)
  }
}

const noAttributes: readonly XmlAttribute[] = []

// XML 1.0 §2.11: every line ends in one line feed.
function endOfLines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

function append(open: OpenElement, text: string): void {
  const last = open.children.length - 1
  const before = open.children[last]
  if (typeof before === 'string') open.children[last] = before + text
  else open.children.push(text)
}
