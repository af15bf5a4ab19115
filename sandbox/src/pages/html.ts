/**
 * HTML as tagged templates that escape. Everything put into a template is escaped, unless it is itself the result of one;
 * raw text cannot be put in. It knows no page.
 */

export class Html {
  readonly #text: string

  /** For `html` alone: whoever makes one says that its text is safe. */
  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

type Part = Html | string | number | false | undefined | readonly Html[]

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const written = parts.map((part) => {
    if (part === undefined || part === false) return ''
    if (part instanceof Html) return part.toString()
    if (typeof part === 'object') return part.join('')
    return escapeHtml(String(part))
  })
  return new Html(String.raw({ raw: strings }, ...written))
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? '')
}
