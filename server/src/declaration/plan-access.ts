import { type AddressSettings, storedAddresses } from '#access/addresses.ts'
import { MOST_POLICIES } from '#access/policies.ts'
import type { Draft } from '#declaration/change.ts'
import { type FieldChange, fieldsOf, fieldsThatDiffer, shown } from '#declaration/fields.ts'
import type { Surroundings } from '#declaration/plan-connections.ts'
import { terseAddresses } from '#declaration/terse.ts'

const usual: AddressSettings = storedAddresses.parse({})

export function planAccess(draft: Draft, around: Surroundings): void {
  planAddresses(draft, around)
  planPolicies(draft, around)
}

function planAddresses(draft: Draft, { company, environment, current, prune }: Surroundings): void {
  const place = { companySlug: company.slug, environmentSlug: environment.slug }
  const label = `allowed IP addresses ${company.slug}/${environment.slug}`
  const before = current?.addresses ?? usual
  const declared = environment.access.allowedAddresses
  const wanted = declared ?? (prune ? usual : before)
  const fields = fieldsThatDiffer(fieldsOf(before), fieldsOf(wanted))
  if (fields.length > 0) draft.changes.push({ action: 'change', subject: 'addresses', label, fields, place, wanted })
  else if (declared !== undefined) draft.unchanged++
  const isLeftAlone = declared === undefined && Object.keys(terseAddresses(wanted)).length > 0
  if (isLeftAlone) draft.unmanaged.push(label)
}

/** A policy is recognised by its name. */
function planPolicies(draft: Draft, { company, environment, current, prune, unnamed }: Surroundings): void {
  const place = { companySlug: company.slug, environmentSlug: environment.slug }
  const label = (name: string): string => `policy ${company.slug}/${environment.slug}/${shown(name)}`
  const existing = current?.policies ?? []
  const { policies } = environment.access
  const left = existing.filter((one) => !policies.some(({ name }) => name === one.name))
  for (const one of left) {
    unnamed({ action: 'remove', subject: 'policy', label: label(one.name), fields: [], current: one })
  }
  if (!prune && left.length + policies.length > MOST_POLICIES) {
    const message = `are too many with the ${left.length} that the file does not name: ${MOST_POLICIES} at most; use --prune`
    draft.problems.push({ path: [...environment.path, 'access', 'policies'], message })
  }
  for (const wanted of policies) {
    const { name, mode, text } = wanted
    const match = existing.find((one) => one.name === name)
    const fields = [
      ...fieldsThatDiffer(match && fieldsOf({ mode: match.mode }), fieldsOf({ mode })),
      ...linesThatDiffer(match?.text, text),
    ]
    if (match === undefined)
      draft.changes.push({ action: 'add', subject: 'policy', label: label(name), fields, place, wanted })
    else if (fields.length === 0) draft.unchanged++
    else draft.changes.push({ action: 'change', subject: 'policy', label: label(name), fields, current: match, wanted })
  }
}

/** What stands between the lines that are the same at the beginning and at the end. */
function linesThatDiffer(current: string | undefined, wanted: string): readonly FieldChange[] {
  if (current === wanted) return []
  const [from, to] = [current === undefined ? [] : current.split('\n'), wanted.split('\n')]
  let start = 0
  while (start < Math.min(from.length, to.length) && from[start] === to[start]) start++
  let end = 0
  while (end < Math.min(from.length, to.length) - start && from.at(-1 - end) === to.at(-1 - end)) end++
  const [gone, come] = [from.slice(start, from.length - end), to.slice(start, to.length - end)]
  return Array.from({ length: Math.max(gone.length, come.length) }, (_, i) => {
    return { name: `line ${start + i + 1}`, from: line(gone[i]), to: line(come[i]) }
  }).filter(({ from, to }) => from !== to)
}

function line(text: string | undefined): string | undefined {
  return text === undefined ? undefined : shown(text)
}
