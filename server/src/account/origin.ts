import type { Source } from '#users/source.ts'

/** Where something came from, in words for the person whose it is: no attributes, connections, tokens or names of others. */
export function originInWords(source: Source): string {
  return words[source.by]
}

const words: Readonly<Record<Source['by'], string>> = {
  connection: 'from your company’s sign-in page',
  default: 'the standard of your company',
  rule: 'standard for your user type',
  api: 'given by a program of your company',
  administrator: 'given by an administrator',
  'setup-link': 'given by an administrator',
  declaration: 'given by an administrator',
  import: 'imported by an administrator',
  person: 'chosen by you',
}
