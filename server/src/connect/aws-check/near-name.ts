/** The name of an attribute that was probably meant: other case, without its namespace, or with something doubled. */
export function nearName(wanted: string, names: readonly string[]): string | undefined {
  const last = lastPart(wanted)
  return names.find((name) => name !== wanted && lastPart(name) === last)
}

function lastPart(name: string): string {
  return (name.split(/[/:#]/).at(-1) ?? '').trim().toLowerCase()
}
