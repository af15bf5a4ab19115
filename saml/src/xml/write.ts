// Writing XML: every value is escaped here and nowhere else.

import { hasForbiddenCharacter } from './characters.ts'

export type Markup = { readonly xml: string }

/** Text for element content. */
export function escapeText(text: string): string {
  return /[&<>\r]/.test(text)
    ? text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;')
    : text
}

/** Text for an attribute value in double quotation marks. */
export function escapeAttribute(text: string): string {
  return /[&<"\t\n\r]/.test(text)
    ? text
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('"', '&quot;')
        .replaceAll('\t', '&#x9;')
        .replaceAll('\n', '&#xA;')
        .replaceAll('\r', '&#xD;')
    : text
}

/** An element; attributes that are undefined are left out; children that are strings are text, undefined ones are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  ...children: readonly (Markup | string | undefined | readonly Markup[])[]
): Markup {
  let xml = `<${name}`
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue
    assertWritable(value)
    xml += ` ${key}="${escapeAttribute(value)}"`
  }
  xml += '>'
  for (const child of children.flat()) {
    if (child === undefined) continue
    if (typeof child === 'string') {
      assertWritable(child)
      xml += escapeText(child)
    } else xml += child.xml
  }
  return { xml: `${xml}</${name}>` }
}

function assertWritable(value: string): void {
  if (!value.isWellFormed() || hasForbiddenCharacter(value)) {
    throw new TypeError('a value holds a character that XML cannot carry')
  }
}
