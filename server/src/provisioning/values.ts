// The values of an assertion's attributes, as accounts are made of them.

/** What of an assertion accounts are made of. */
export type Attributes = readonly { readonly name: string; readonly values: readonly string[] }[]

/**
 * All values of an attribute that are not blank; names are compared exactly. Only the white space of XML around a value
 * is dropped, as pretty-printers put it there: any other makes another value, and perhaps another person.
 */
export function valuesOf(attributes: Attributes, name: string): readonly string[] {
  return attributes
    .filter((attribute) => attribute.name === name)
    .flatMap(({ values }) => values)
    .map(unindented)
    .filter((value) => value.trim() !== '')
}

/** Several names may come as several values, joined with `_::_`, or both; each counts once. */
export function listOf(attributes: Attributes, name: string): readonly string[] {
  const parts = valuesOf(attributes, name).flatMap((value) => value.split('_::_'))
  return [...new Set(parts.map(unindented).filter((part) => part.trim() !== ''))]
}

// A loop, as `[ \t\r\n]+$` takes a minute for a value with spaces enough inside.
function unindented(value: string): string {
  let [start, end] = [0, value.length]
  while (start < end && ' \t\r\n'.includes(value.charAt(start))) start++
  while (end > start && ' \t\r\n'.includes(value.charAt(end - 1))) end--
  return value.slice(start, end)
}
