import type { DesktopReport } from '#connect/desktop-reports.ts'
import { type DesktopTrouble, desktopTroubleCodes } from '#connect/desktop-troubles.ts'

/** What agent desktops have told this process since it started, of all Environments together. */
export type DesktopCounts = {
  readonly note: (report: DesktopReport) => void
  readonly troubles: () => readonly { readonly code: DesktopTrouble; readonly count: number }[]
  readonly signIns: () => number
}

export function countDesktopReports(): DesktopCounts {
  const counts = new Map<DesktopReport['code'], number>()
  const of = (code: DesktopReport['code']): number => counts.get(code) ?? 0
  return {
    note: ({ code }) => void counts.set(code, of(code) + 1),
    troubles: () => desktopTroubleCodes.map((code) => ({ code, count: of(code) })),
    signIns: () => of('signed-in'),
  }
}
