import type { Draft } from '#declaration/change.ts'
import { fieldsOf, fieldsThatDiffer, shown } from '#declaration/fields.ts'
import type { Surroundings } from '#declaration/plan-connections.ts'
import { terseClient } from '#declaration/terse.ts'
import { MOST_CLIENTS } from '#oauth/client-refusal.ts'

/** A client is recognised by its id. */
export function planClients(draft: Draft, { company, environment, current, prune, unnamed }: Surroundings): void {
  const place = { companySlug: company.slug, environmentSlug: environment.slug }
  const label = (name: string): string => `client ${company.slug}/${environment.slug}/${shown(name)}`
  const existing = current?.clients ?? []
  const left = existing.filter((one) => !environment.clients.some(({ id }) => id === one.id))
  for (const one of left) {
    unnamed({ action: 'remove', subject: 'client', label: label(one.name), fields: [], current: one })
  }
  if (!prune && left.length + environment.clients.length > MOST_CLIENTS) {
    const message = `are too many with the ${left.length} that the file does not name: ${MOST_CLIENTS} at most; use --prune`
    draft.problems.push({ path: [...environment.path, 'clients'], message })
  }
  for (const wanted of environment.clients) {
    const { id, name, kind, settings } = wanted
    const report = (field: string, message: string) => draft.problems.push({ path: [...wanted.path, field], message })
    if (!prune && left.some((one) => one.name === name))
      report('name', `“${name}” belongs to a client that the file does not name; name it too, or use --prune`)
    const match = existing.find((one) => one.id === id)
    if (match === undefined) {
      const fields = fieldsThatDiffer(undefined, fieldsOf({ id, kind, ...terseClient(settings) }))
      draft.changes.push({ action: 'add', subject: 'client', label: label(name), fields, place, wanted })
      continue
    }
    if (match.kind !== kind)
      report('kind', `cannot be changed, and it is ${match.kind}; give a client of another kind another id`)
    const before = fieldsOf({ name: match.name, ...match.settings })
    const fields = fieldsThatDiffer(before, fieldsOf({ name, ...settings }))
    if (fields.length === 0) draft.unchanged++
    else draft.changes.push({ action: 'change', subject: 'client', label: label(name), fields, current: match, wanted })
  }
}
