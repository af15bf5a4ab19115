// Whether a policy can be saved: what is wrong, where, and what to do about it.

import { type Cedar, loadCedar } from '#access/cedar.ts'
import { schemaText } from '#access/shipped.ts'

export const policyFaultCodes = [
  'policy-empty',
  'policy-long',
  'policy-characters',
  'policy-syntax',
  'policy-several',
  'policy-template',
  'policy-permit',
  'policy-effect',
  'policy-schema',
] as const

export type PolicyFaultCode = (typeof policyFaultCodes)[number]

export type PolicyFault = {
  readonly code: PolicyFaultCode
  /** Both from 1; the column in characters. */
  readonly line: number
  readonly column: number
  readonly sentence: string
  readonly cure: string
}

/** In bytes. */
const LONGEST = 20 * 1024

/** Empty where the policy can be saved. */
export async function faultsOfPolicy(text: string): Promise<readonly PolicyFault[]> {
  const size = Buffer.byteLength(text)
  if (size > LONGEST)
    return [fault('policy-long', { sentence: `The policy has ${size} bytes; ${LONGEST} are allowed.` })]
  const odd = text.search(/[^\P{Cc}\t\r\n]|\p{Cs}/u)
  if (odd !== -1) return [fault('policy-characters', { ...positionAt(text, odd) })]
  const cedar = await loadCedar()
  const parts = cedar.policySetTextToParts(text)
  if (parts.type === 'failure') return parts.errors.map((error) => foundFault('policy-syntax', text, error))
  if (parts.policy_templates.length > 0) return [fault('policy-template', {})]
  if (parts.policies.length !== 1) return [fault(parts.policies.length === 0 ? 'policy-empty' : 'policy-several', {})]
  return [...ownFaults(cedar, text), ...schemaFaults(cedar, text)]
}

function ownFaults(cedar: typeof Cedar, text: string): readonly PolicyFault[] {
  const read = cedar.policyToJson(text)
  if (read.type === 'failure') return read.errors.map((error) => foundFault('policy-syntax', text, error))
  if (read.json.effect === 'permit') return [fault('policy-permit', positionOf(text, /\bpermit\b/))]
  const effect = read.json.annotations?.effect
  if (effect === undefined || effect === 'deny' || effect === 'reauthenticate') return []
  return [fault('policy-effect', positionOf(text, /@effect\b/))]
}

function schemaFaults(cedar: typeof Cedar, text: string): readonly PolicyFault[] {
  const answer = cedar.validate({ schema: schemaText, policies: { staticPolicies: { policy: text } } })
  if (answer.type === 'failure') return answer.errors.map((error) => foundFault('policy-schema', text, error))
  const faults = answer.validationErrors.map(({ error }) => foundFault('policy-schema', text, error))
  // Each is found once for each action; of those at one place the first says enough.
  const first = new Map(faults.toReversed().map((one) => [`${one.line}:${one.column}`, one]))
  return [...first.values()].toSorted((a, b) => a.line - b.line || a.column - b.column)
}

function foundFault(code: PolicyFaultCode, text: string, error: Cedar.DetailedError): PolicyFault {
  const [at] = error.sourceLocations ?? []
  const characters = at === undefined ? 0 : Buffer.from(text, 'utf8').subarray(0, at.start).toString('utf8').length
  const message = error.message.replace(/^(for policy `\w+`, |failed to parse policy with id `\w+` from string: )/, '')
  const label = at?.label ? ` (${at.label})` : ''
  const help = error.help === null || error.help === undefined ? {} : { cure: asSentence(error.help) }
  return fault(code, { ...positionAt(text, characters), sentence: asSentence(`${message}${label}`), ...help })
}

function asSentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.?!]$/.test(capital) ? capital : `${capital}.`
}

function positionOf(text: string, pattern: RegExp): Pick<PolicyFault, 'line' | 'column'> {
  return positionAt(text, Math.max(0, text.search(pattern)))
}

function positionAt(text: string, index: number): Pick<PolicyFault, 'line' | 'column'> {
  const lines = text.slice(0, index).split('\n')
  return { line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 }
}

const words: Readonly<Record<PolicyFaultCode, Pick<PolicyFault, 'sentence' | 'cure'>>> = {
  'policy-empty': {
    sentence: 'There is no policy.',
    cure: 'Write one that begins with forbid (principal, action, resource); docs/access.md has examples.',
  },
  'policy-long': {
    sentence: 'The policy is too long.',
    cure: 'Divide it into several, or name teams instead of people.',
  },
  'policy-characters': {
    sentence: 'Here is a control character, or half of a character.',
    cure: 'Remove it. Line breaks and tabs are allowed.',
  },
  'policy-syntax': { sentence: 'This is not Cedar.', cure: 'Compare it with the examples in docs/access.md.' },
  'policy-several': {
    sentence: 'There are several policies in one text.',
    cure: 'Save each under a name of its own, so that a decision can say which one it was.',
  },
  'policy-template': {
    sentence: 'This is a template, with places that are left open.',
    cure: 'Write whom and what it is about where the question mark stands.',
  },
  'policy-permit': {
    sentence: 'A permit changes nothing: everything is allowed that no policy forbids.',
    cure: 'Write forbid, and turn the condition round: unless instead of when.',
  },
  'policy-effect': {
    sentence: 'The annotation @effect says something that is unknown here.',
    cure: 'Write @effect("reauthenticate") to send the person to the identity provider again, or @effect("deny").',
  },
  'policy-schema': {
    sentence: 'The policy speaks of something that there is not.',
    cure: 'Compare the name with the table in docs/access.md; capitals count.',
  },
}

function fault(code: PolicyFaultCode, found: Partial<Omit<PolicyFault, 'code'>>): PolicyFault {
  return { code, line: 1, column: 1, ...words[code], ...found }
}
