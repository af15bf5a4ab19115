import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'

export type Clock = () => Date

const Context = createContext<Clock>(() => new Date(0))

export function ClockProvider({ clock, children }: { readonly clock: Clock; readonly children: ReactNode }) {
  return <Context value={clock}>{children}</Context>
}

export function useClock(): Clock {
  return useContext(Context)
}

const units = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'long' })

/** “5 minutes ago”, “in 3 days”. */
export function relativeWords(then: Date, now: Date): string {
  const seconds = Math.round((then.getTime() - now.getTime()) / 1000)
  for (const [unit, length] of units) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit)
  }
  return Math.abs(seconds) < 10 ? 'now' : relative.format(seconds, 'second')
}

export function exactWords(then: Date): string {
  return exact.format(then)
}

/** A moment: how long ago, with the exact time for whoever points at it. Follows the clock. */
export function Time({ at }: { readonly at: string }) {
  const clock = useClock()
  const [now, setNow] = useState(() => clock())
  useEffect(() => {
    const timer = setInterval(() => setNow(clock()), 30_000)
    return () => clearInterval(timer)
  }, [clock])
  const then = new Date(at)
  return (
    <time dateTime={at} title={exactWords(then)}>
      {relativeWords(then, now)}
    </time>
  )
}
