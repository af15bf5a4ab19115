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
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  const fraction = text.length === 20 ? 0 : readFraction(text)
  // A part that was not all digits is NaN, and so is the sum.
  if (Number.isNaN(year + month + day + hour + minute + second + fraction)) return undefined
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  return (((daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000 + fraction
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30
  const ones = text.charCodeAt(at + 1) - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

// Milliseconds; digits beyond them must be digits and nothing more.
function readFraction(text: string): number {
  const end = text.length - 1
  if (text.charCodeAt(19) !== 0x2e || end === 20) return Number.NaN
  let value = 0
  for (let i = 20; i < end; i++) {
    const digit = text.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return Number.NaN
    if (i < 23) value = value * 10 + digit
  }
  return end === 21 ? value * 100 : end === 22 ? value * 10 : value
}

// The Gregorian calendar counted from 1 March of the year 0, so that the day that is sometimes there comes last.
function daysSinceEpoch(year: number, month: number, day: number): number {
  const years = month > 2 ? year : year - 1
  const months = month > 2 ? month - 3 : month + 9
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400)
  return years * 365 + leapDays + Math.floor((months * 153 + 2) / 5) + day - 1 - DAYS_BEFORE_EPOCH
}

const DAYS_BEFORE_EPOCH = 719_468

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

export function writeInstant(instant: Date): string {
  return instant.toISOString()
}
