/** The forms of an HTML page that post a SAML message (Bindings 3.5.4). Read as text: a page is not run, and not believed. */
export function formsOf(page: string): readonly URLSearchParams[] {
  const forms: URLSearchParams[] = []
  for (const [, form = ''] of page.matchAll(/<form\b([\s\S]*?)(?:<\/form|$)/gi)) {
    const fields = new URLSearchParams()
    for (const [input] of form.matchAll(/<(?:input|textarea)\b[^<>]*>(?:[^<]*(?=<\/textarea))?/gi)) {
      const name = attribute(input, 'name')
      const value = attribute(input, 'value') ?? textOf(input)
      if (name !== undefined && !fields.has(name)) fields.set(name, unescapeHtml(value))
    }
    if (fields.has('SAMLRequest') || fields.has('SAMLResponse')) forms.push(fields)
  }
  return forms
}

function attribute(tag: string, name: string): string | undefined {
  const [start = ''] = /^[^>]*>/.exec(tag) ?? []
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(start)
  return found?.[1] ?? found?.[2] ?? found?.[3]
}

const textOf = (tag: string): string => tag.slice(tag.indexOf('>') + 1)

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  plus: '+',
  equals: '=',
}

function unescapeHtml(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi, (whole, decimal, hexadecimal, name) => {
    const code = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal)
    if (name !== undefined) return named[name] ?? whole
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
