// Which characters XML 1.0 (Fifth Edition) allows where: productions 2 (Char), 4 and 4a (names, without the colon).

// Code units that are no Char: C0 controls but tab, line feed and carriage return, and the two non-characters.
// Lone surrogates are found apart (`isWellFormed`); decoded UTF-8 cannot hold any.
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/

export function hasForbiddenCharacter(text: string): boolean {
  return forbidden.test(text)
}

export function isXmlCharacter(codePoint: number): boolean {
  return (
    codePoint === 0x9 ||
    codePoint === 0xa ||
    codePoint === 0xd ||
    (codePoint >= 0x20 && codePoint <= 0xd7ff) ||
    (codePoint >= 0xe000 && codePoint <= 0xfffd) ||
    (codePoint >= 0x10000 && codePoint <= 0x10ffff)
  )
}

const nameStart =
  'A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}-\\u{200D}' +
  '\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}'
const ncName = new RegExp(`^[${nameStart}][${nameStart}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}-\\u{2040}]*$`, 'u')

/** NCName of Namespaces in XML 1.0, production 4: a name without a colon. Also the form of an xs:ID. */
export function isNcName(name: string): boolean {
  return ncName.test(name)
}

/** Tab, line feed, carriage return or space. */
export function isWhiteSpace(code: number): boolean {
  return code <= 0x20 && (code === 0x20 || code === 0xa || code === 0xd || code === 0x9)
}

export function isBlank(text: string): boolean {
  return text === '' || (isWhiteSpace(text.charCodeAt(0)) && !/[^\t\n\r ]/.test(text))
}

/** Without white space of XML at either end: xs:anyURI collapses it, and pretty-printers put it around names. */
export function trimmed(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isWhiteSpace(text.charCodeAt(start))) start++
  while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}
