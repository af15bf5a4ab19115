// What xmlsec1 verifies and we refuse, with the reason; and the one thing that it is the other way round.

import type { Difference } from './differences.ts'

export const verdictDifferences: readonly Difference[] = []
