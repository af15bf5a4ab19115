import type { Decision, Seen } from '#access/evaluate.ts'

/** For administrators: which policies decided, and by what. */
export function decisionInWords({ policies, saw, errors }: Pick<Decision, 'policies' | 'saw' | 'errors'>): string {
  const names = policies.map(({ name }) => `“${name}”`).join(', ')
  const values = Object.entries(saw).map(([name, value]) => `${name} = ${valueInWords(value)}`)
  const by = [...errors.map(({ sentence }) => sentence), ...(names === '' ? [] : [names])].join(' ')
  return values.length === 0 ? by : `${by}: ${values.join(', ')}`
}

const LONGEST = 200

function valueInWords(value: Seen): string {
  const text = value === null ? 'nothing' : Array.isArray(value) ? `[${value.join(', ')}]` : String(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
