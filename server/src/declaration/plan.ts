import type { Id } from '#config/world.ts'
import type { Connection } from '#connections/connections.ts'
import type { Path, Problem } from '#connections/sources.ts'
import type { Wanted, WantedCompany, WantedConnection, WantedEnvironment } from '#declaration/declaration.ts'
import { type FieldChange, fieldsOf, fieldsThatDiffer } from '#declaration/fields.ts'
import type { CompanyState, EnvironmentState, State } from '#declaration/state.ts'
import { terse } from '#declaration/terse.ts'

/** What must be done so that the database says what the declaration says, in the order in which it can be done. */
export type Plan = {
  readonly changes: readonly Change[]
  readonly unchanged: number
  /** What the database has and the file does not name, left alone. */
  readonly unmanaged: readonly string[]
  readonly problems: readonly Problem[]
}

export type Change = {
  /** `company acme`, `connection acme/production/Corporate directory` */
  readonly label: string
  readonly fields: readonly FieldChange[]
} & (
  | { readonly action: 'add'; readonly subject: 'company'; readonly wanted: WantedCompany }
  | {
      readonly action: 'change'
      readonly subject: 'company'
      readonly current: CompanyState
      readonly wanted: WantedCompany
    }
  | { readonly action: 'remove'; readonly subject: 'company'; readonly current: CompanyState }
  | {
      readonly action: 'add'
      readonly subject: 'environment'
      readonly companySlug: string
      readonly wanted: WantedEnvironment
    }
  | {
      readonly action: 'change'
      readonly subject: 'environment'
      readonly current: EnvironmentState
      readonly wanted: WantedEnvironment
    }
  | { readonly action: 'remove'; readonly subject: 'environment'; readonly current: EnvironmentState }
  | {
      readonly action: 'add'
      readonly subject: 'connection'
      readonly place: ConnectionPlace
      readonly wanted: WantedConnection
    }
  | {
      readonly action: 'change'
      readonly subject: 'connection'
      readonly current: Connection
      readonly position: number
      readonly wanted: WantedConnection
    }
  | { readonly action: 'remove'; readonly subject: 'connection'; readonly current: Connection }
)

export type ConnectionPlace = {
  readonly companySlug: string
  readonly environmentSlug: string
  readonly position: number
}

type Draft = {
  readonly changes: Change[]
  unchanged: number
  readonly unmanaged: string[]
  readonly problems: Problem[]
}

/** Pure: the state of the database and the wanted one in, the plan out. */
export function makePlan(state: State, wanted: Wanted, { prune }: { readonly prune: boolean }): Plan {
  const draft: Draft = { changes: [], unchanged: 0, unmanaged: [], problems: [] }
  const owners = new Map(
    state.companies
      .flatMap((company) => company.environments)
      .flatMap((environment) => environment.connections)
      .map((connection) => [connection.ticket, connection.environmentId]),
  )
  const removals: Change[] = []
  const unnamed = (change: Change): void => {
    if (prune) removals.push(change)
    else draft.unmanaged.push(change.label)
  }
  for (const current of state.companies) {
    if (wanted.companies.some(({ slug }) => slug === current.slug)) continue
    const label = `company ${current.slug}`
    unnamed({ action: 'remove', subject: 'company', label, fields: contents(current.environments), current })
  }
  for (const company of wanted.companies) {
    const current = state.companies.find(({ slug }) => slug === company.slug)
    planCompany(draft, company, current)
    for (const environment of current?.environments ?? []) {
      if (company.environments.some(({ slug }) => slug === environment.slug)) continue
      const label = `environment ${company.slug}/${environment.slug}`
      unnamed({
        action: 'remove',
        subject: 'environment',
        label,
        fields: contents([environment]),
        current: environment,
      })
    }
    for (const environment of company.environments) {
      const known = current?.environments.find(({ slug }) => slug === environment.slug)
      planEnvironment(draft, company, environment, known)
      planConnections(draft, { company, environment, current: known, prune, owners, unnamed })
    }
  }
  const { changes, unchanged, unmanaged, problems } = draft
  // Removals first: what is added may need the name or the ticket of what goes.
  return { changes: [...removals, ...changes], unchanged, unmanaged, problems }
}

function planCompany(draft: Draft, wanted: WantedCompany, current: CompanyState | undefined): void {
  const label = `company ${wanted.slug}`
  const fields = fieldsThatDiffer(current && { name: current.name }, { name: wanted.name })
  if (current === undefined) draft.changes.push({ action: 'add', subject: 'company', label, fields, wanted })
  else if (fields.length === 0) draft.unchanged++
  else draft.changes.push({ action: 'change', subject: 'company', label, fields, current, wanted })
}

function planEnvironment(
  draft: Draft,
  company: WantedCompany,
  wanted: WantedEnvironment,
  current: EnvironmentState | undefined,
): void {
  const label = `environment ${company.slug}/${wanted.slug}`
  const shown = ({ name, targets }: Pick<WantedEnvironment, 'name' | 'targets'>) => fieldsOf({ name, targets })
  const fields = fieldsThatDiffer(current && shown(current), shown(wanted))
  const companySlug = company.slug
  if (current === undefined)
    draft.changes.push({ action: 'add', subject: 'environment', label, fields, companySlug, wanted })
  else if (fields.length === 0) draft.unchanged++
  else draft.changes.push({ action: 'change', subject: 'environment', label, fields, current, wanted })
}

type Surroundings = {
  readonly company: WantedCompany
  readonly environment: WantedEnvironment
  readonly current: EnvironmentState | undefined
  readonly prune: boolean
  /** Which Environment has a ticket now. */
  readonly owners: ReadonlyMap<string, Id<'env'>>
  readonly unnamed: (change: Change) => void
}

function planConnections(draft: Draft, around: Surroundings): void {
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
      const place = { companySlug: company.slug, environmentSlug: environment.slug, position }
      draft.changes.push({ action: 'add', subject: 'connection', label, fields, place, wanted })
      continue
    }
    const after = { ...wanted, ticket: wanted.ticket ?? match.ticket }
    const fields = [
      ...fieldsThatDiffer(shown(match), shown(after)),
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

function contents(environments: readonly EnvironmentState[]): readonly FieldChange[] {
  const sum = (count: (environment: EnvironmentState) => number): string =>
    String(environments.reduce((total, environment) => total + count(environment), 0))
  return [
    { name: 'connections', from: sum(({ connections }) => connections.length), to: undefined },
    { name: 'users', from: sum(({ users }) => users), to: undefined },
  ]
}
