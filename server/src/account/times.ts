import { type Html, html } from '#http/html.ts'

const MINUTE_MS = 60 * 1000

/** `5 minutes ago`, `in 4 hours`, with the exact time for whoever points at it. */
export function relativeTime(at: Date, now: Date): Html {
  const exact = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return html`<time datetime="${at.toISOString()}" title="${exact}">${inWords(at.getTime() - now.getTime())}</time>`
}

function inWords(milliseconds: number): string {
  const span = spanInWords(Math.abs(milliseconds))
  if (span === undefined) return milliseconds > 0 ? 'within a minute' : 'just now'
  return milliseconds > 0 ? `in ${span}` : `${span} ago`
}

function spanInWords(milliseconds: number): string | undefined {
  const minutes = Math.floor(milliseconds / MINUTE_MS)
  if (minutes === 0) return undefined
  if (minutes < 60) return counted(minutes, 'minute')
  // Of two days and more the hours say nothing, of two hours and more the minutes.
  return minutes < 48 * 60 ? counted(Math.floor(minutes / 60), 'hour') : counted(Math.floor(minutes / (24 * 60)), 'day')
}

function counted(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`
}
