// Where two implementations differ there is a row that says why, or the test fails. Each row explains one class.

import assert from 'node:assert/strict'

export type Difference = {
  /** What ours says of such a document, and what the other one does. */
  readonly ours?: RegExp
  readonly theirs?: RegExp
  readonly document?: RegExp
  readonly reason: string
}

export type Compared = {
  readonly same: boolean
  readonly ours: string
  readonly theirs: string
  readonly document: string | Uint8Array
  /** Which one it is, for people. */
  readonly name?: string
}

/** Throws where a difference has no row; returns how many fell into each, as text. */
export function explain(compared: readonly Compared[], known: readonly Difference[]): string {
  const counts = new Map<string, number>()
  const unexplained: Compared[] = []
  for (const one of compared) {
    if (one.same) continue
    const row = known.find(
      ({ ours, theirs, document }) =>
        (ours === undefined || ours.test(one.ours)) &&
        (theirs === undefined || theirs.test(one.theirs)) &&
        (document === undefined || document.test(textOf(one.document))),
    )
    if (row === undefined) unexplained.push(one)
    else counts.set(row.reason, (counts.get(row.reason) ?? 0) + 1)
  }
  const kinds = Map.groupBy(unexplained, ({ ours, theirs }) => `${shortened(ours)} / ${shortened(theirs)}`)
  const shown = [...kinds].map(
    ([kind, list]) => `${list.length} ${kind}, for example ${list[0]?.name ?? ''}\n${textOf(list[0]?.document ?? '')}`,
  )
  assert.equal(unexplained.length, 0, `${unexplained.length} differences without a reason\n${shown.join('\n\n')}`)
  const rows = [...counts].map(([reason, count]) => `\n  ${count}: ${reason}`)
  const same = compared.filter((one) => one.same).length
  return `the same: ${same}; explained: ${compared.length - same}${rows.join('')}`
}

function shortened(text: string): string {
  return text.replace(/ \(line.*/, '').slice(0, 200)
}

function textOf(document: string | Uint8Array): string {
  return typeof document === 'string' ? document : Buffer.from(document).toString('latin1')
}
