import type { Change, Plan } from '#declaration/change.ts'

const signs = { add: '+', change: '~', remove: '-' } as const

/** A plan for people, like a diff: one line for each change, its fields below, the numbers at the end. */
export function describePlan({ changes, unchanged, unmanaged }: Plan): readonly string[] {
  const leftAlone = unmanaged.map((label) => `  ${label}`)
  return [
    ...changes.flatMap(describeChange),
    changes.length === 0 ? `Nothing to change: ${unchanged} as declared.` : totals(changes, unchanged),
    ...(leftAlone.length === 0 ? [] : ['Left alone, because the file does not name them (--prune removes them):']),
    ...leftAlone,
  ]
}

function describeChange({ action, label, fields }: Change): readonly string[] {
  if (action === 'remove') {
    const counted = fields.filter(({ from }) => from !== '0')
    const losses = counted.map(({ name, from }) => `${from} ${from === '1' ? name.replace(/s$/, '') : name}`)
    return [`${signs.remove} ${label}${losses.length === 0 ? '' : `, with ${losses.join(' and ')}`}`]
  }
  const lines = fields.map(({ name, from, to }) => {
    if (action === 'add') return `    ${name}: ${to}`
    return `    ${name}: ${from ?? '(none)'} → ${to ?? '(none)'}`
  })
  return [`${signs[action]} ${label}`, ...lines]
}

function totals(changes: readonly Change[], unchanged: number): string {
  const count = (action: Change['action']): number => changes.filter((change) => change.action === action).length
  return `${count('add')} to add, ${count('change')} to change, ${count('remove')} to remove, ${unchanged} as declared.`
}
