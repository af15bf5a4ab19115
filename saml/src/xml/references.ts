// Entity and character references in text and attribute values (XML 1.0 §4.1, §4.6). Without a DOCTYPE there are five
// entities and no others.

import { isXmlCharacter } from './characters.ts'

const entities = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])

/** Replaces every reference in `text`; `refuse` throws with the reason. One pass: what a reference yields is not read again. */
export function readReferences(text: string, refuse: (reason: string) => never): string {
  let result = ''
  let from = 0
  for (;;) {
    const start = text.indexOf('&', from)
    if (start === -1) return result + text.slice(from)
    // The longest sound reference is &#x10FFFF; so a ; further off does not belong to this one.
    const end = text.slice(start, start + 12).indexOf(';')
    if (end === -1) refuse('a & that begins no reference')
    const name = text.slice(start + 1, start + end)
    result += text.slice(from, start) + referenced(name, refuse)
    from = start + end + 1
  }
}

function referenced(name: string, refuse: (reason: string) => never): string {
  const entity = entities.get(name)
  if (entity !== undefined) return entity
  const match = /^#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,8}))$/.exec(name)
  if (match === null) return refuse(`the entity &${name}; is not declared`)
  const codePoint = match[1] !== undefined ? Number.parseInt(match[1], 16) : Number.parseInt(match[2] ?? '', 10)
  if (!isXmlCharacter(codePoint)) return refuse(`&${name}; is no character of XML`)
  return String.fromCodePoint(codePoint)
}
