// Time values of SAML: xs:dateTime in UTC, without a time zone other than Z (Core 1.3.3).

/** The instant, or undefined where the text is no UTC dateTime or names a day that does not exist. Fractions beyond milliseconds are cut. */
export function readInstant(text: string): Date | undefined {
  const milliseconds = readMilliseconds(text)
  return milliseconds === undefined ? undefined : new Date(milliseconds)
}

/** The same in milliseconds since the epoch. Read digit by digit: there are many of these in every message. */
export function readMilliseconds(text: string): number | undefined {
  // yyyy-mm-ddThh:mm:ssZ is the least, and the separators are where they are.
  if (
    text.length < 20 ||
    text.charCodeAt(4) !== 0x2d ||
    text.charCodeAt(7) !== 0x2d ||
    text.charCodeAt(10) !== 0x54 ||
    text.charCodeAt(13) !== 0x3a ||
    text.charCodeAt(16) !== 0x3a ||
    text.charCodeAt(text.length - 1) !== 0x5a
  ) {
    return undefined
  }
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  const hour = digits(text, 11, 13)
  const minute = digits(text, 14, 16)
  const second = digits(text, 17, 19)
  const fraction = text.length === 20 ? 0 : readFraction(text)
  const sum = year + month + day + hour + minute + second + fraction
  // A part that was not all digits is NaN, and so is the sum.
  if (Number.isNaN(sum) || year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const start = Date.UTC(year, month - 1, day, hour, minute, second, fraction)
  // Date.UTC takes the years 0 to 99 for those of the last century.
  return year > 99 ? start : new Date(start).setUTCFullYear(year)
}

function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

function readFraction(text: string): number {
  const end = text.length - 1
  if (text.charCodeAt(19) !== 0x2e || end === 20) return Number.NaN
  if (Number.isNaN(digits(text, 20, end))) return Number.NaN
  return digits(text.slice(20, 23).replace('Z', '').padEnd(3, '0'), 0, 3)
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

export function writeInstant(instant: Date): string {
  return instant.toISOString()
}
