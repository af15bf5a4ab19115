import type { Id } from '#config/world.ts'
import type { Connection } from '#connections/connections.ts'
import type { Path } from '#connections/sources.ts'
import type { Change, Draft } from '#declaration/change.ts'
import type { WantedCompany, WantedConnection, WantedEnvironment } from '#declaration/declaration.ts'
import { fieldsOf, fieldsThatDiffer } from '#declaration/fields.ts'
import type { EnvironmentState } from '#declaration/state.ts'
import { terse } from '#declaration/terse.ts'

/** What is planned within, and what may be removed from. */
export type Surroundings = {
  readonly company: WantedCompany
  readonly environment: WantedEnvironment
  readonly current: EnvironmentState | undefined
  readonly prune: boolean
  /** Which Environment has a ticket now. */
  readonly owners: ReadonlyMap<string, Id<'env'>>
  readonly unnamed: (change: Change) => void
}

/** The names that the connections will have; those that are new have no id yet. */
export type ConnectionNames = { readonly all: readonly string[]; readonly byId: ReadonlyMap<Id<'conn'>, string> }

export function planConnections(draft: Draft, around: Surroundings): ConnectionNames {
  const { company, environment, current, prune, owners, unnamed } = around
  const existing = current?.connections ?? []
  const matches = matchConnections(environment.connections, existing)
  const inEnvironment = (name: string): string => `connection ${company.slug}/${environment.slug}/${name}`
  const kept = new Set(matches.values())
  const left = existing.filter((connection) => !kept.has(connection))
  for (const connection of left) {
    unnamed({
      action: 'remove',
      subject: 'connection',
      label: inEnvironment(connection.name),
      fields: [],
      current: connection,
    })
  }
  for (const [position, wanted] of environment.connections.entries()) {
    const match = matches.get(wanted)
    const report = (path: Path, message: string) => draft.problems.push({ path: [...wanted.path, ...path], message })
    const owner = wanted.ticket === undefined ? undefined : owners.get(wanted.ticket)
    if (owner !== undefined && owner !== current?.id)
      report(['ticket'], 'belongs to a connection of another Environment')
    if (!prune && left.some(({ name }) => name === wanted.name)) {
      report(
        ['name'],
        `“${wanted.name}” belongs to a connection that the file does not name; name it too, or use --prune`,
      )
    }
    const label = inEnvironment(wanted.name)
    const shown = ({ ticket, name, settings }: Omit<WantedConnection, 'path'>) =>
      fieldsOf({ ticket, name, ...settings })
    if (match === undefined) {
      const fields = fieldsThatDiffer(
        undefined,
        fieldsOf({ ...(wanted.ticket && { ticket: wanted.ticket }), ...terse(wanted.settings) }),
      )
      const place = { companySlug: company.slug, environmentSlug: environment.slug }
      draft.changes.push({ action: 'add', subject: 'connection', label, fields, place, position, wanted })
      continue
    }
    const after = { ...wanted, ticket: wanted.ticket ?? match.ticket }
    const fields = [
      ...fieldsThatDiffer(shown(match), shown(after)),
      // What the file names, people sign in through.
      ...fieldsThatDiffer({ state: match.state }, { state: 'live' }),
      ...fieldsThatDiffer({ position: String(match.position) }, { position: String(position) }),
    ]
    if (fields.length === 0) draft.unchanged++
    else
      draft.changes.push({
        action: 'change',
        subject: 'connection',
        label,
        fields,
        current: match,
        position,
        wanted: after,
      })
  }
  const byId = new Map([...matches].map(([wanted, { id }]) => [id, wanted.name]))
  if (!prune) for (const { id, name } of left) byId.set(id, name)
  const added = environment.connections.filter((wanted) => !matches.has(wanted)).map(({ name }) => name)
  return { all: [...byId.values(), ...added], byId }
}

/** By ticket; what has none or a new one, by name among those that no ticket has claimed. */
function matchConnections(
  wanted: readonly WantedConnection[],
  existing: readonly Connection[],
): ReadonlyMap<WantedConnection, Connection> {
  const matches = new Map<WantedConnection, Connection>()
  const free = new Set(existing)
  const claim = (one: WantedConnection, connection: Connection | undefined): void => {
    if (connection === undefined) return
    matches.set(one, connection)
    free.delete(connection)
  }
  for (const one of wanted)
    claim(
      one,
      [...free].find(({ ticket }) => ticket === one.ticket),
    )
  for (const one of wanted)
    if (!matches.has(one))
      claim(
        one,
        [...free].find(({ name }) => name === one.name),
      )
  return matches
}
