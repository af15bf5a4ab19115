/** Why an account was not brought up to date; `received` is what the check says. */
export function syncSentence(received: string): string {
  return `The account was not brought up to date: the assertion names ${received}.`
}

/** Says, in the browser's tools, why an account was not brought up to date. */
export const SYNC_FAULT_HEADER = 'SSOErrorMessage'

/** A header holds printable ASCII only; quotation marks become straight ones, the rest is percent-encoded as UTF-8. */
export function headerText(sentence: string): string {
  const straight = sentence.replace(/[“”]/g, '"').replace(/’/g, "'")
  const written = straight.toWellFormed().replace(/[^ -~]|%/gu, (character) => encodeURIComponent(character))
  return written.length > LONGEST ? `${written.slice(0, LONGEST)}...` : written
}

/** Servers and proxies allow eight kilobytes for all headers together. */
const LONGEST = 1000
