// Time values of SAML: xs:dateTime in UTC, without a time zone other than Z (Core 1.3.3).

const form = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?Z$/

/** The instant, or undefined where the text is no UTC dateTime or names a day that does not exist. Fractions beyond milliseconds are cut. */
export function readInstant(text: string): Date | undefined {
  const match = form.exec(text)
  if (match === null) return undefined
  const instant = new Date(`${text.slice(0, 19)}${/\.\d{1,3}/.exec(text)?.[0] ?? ''}Z`)
  // Date rolls the 30th of February over into March; the fields that come back show it.
  return Number.isNaN(instant.getTime()) || instant.toISOString().slice(0, 19) !== text.slice(0, 19)
    ? undefined
    : instant
}

export function writeInstant(instant: Date): string {
  return instant.toISOString()
}
