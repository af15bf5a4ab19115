import type { Attempt } from '#logout/logouts.ts'

type Outcome = Attempt['outcome']

/** How often this process has told an identity provider or a client of a logout, and what came of it; the ledger has each of them. */
export type AttemptCounts = {
  readonly note: (outcome: Outcome) => void
  readonly all: () => Readonly<Record<Outcome, number>>
}

export function countAttempts(): AttemptCounts {
  const counts: Record<Outcome, number> = { done: 0, partial: 0, refused: 0, failed: 0 }
  return {
    note: (outcome) => {
      counts[outcome] += 1
    },
    all: () => ({ ...counts }),
  }
}
