// The orders of canonical XML (C14N 1.0 §2.2).

import type { XmlAttribute } from '../xml/tree.ts'

// C14N 1.0 §2.2: by namespace URI, then by local name; attributes in no namespace first.
export function inCanonicalOrder(attributes: readonly XmlAttribute[]): readonly XmlAttribute[] {
  for (let i = 1; i < attributes.length; i++) {
    if (compare(attributes[i - 1] as XmlAttribute, attributes[i] as XmlAttribute) > 0) {
      return [...attributes].sort(compare)
    }
  }
  return attributes
}

function compare(a: XmlAttribute, b: XmlAttribute): number {
  return compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.local, b.local)
}

// The order is that of code points, which is not that of UTF-16 code units once surrogates meet U+E000 and above.
export function compareCodePoints(a: string, b: string): number {
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
