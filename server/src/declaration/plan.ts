import type { Change, Draft, Plan } from '#declaration/change.ts'
import { checkDefaults } from '#declaration/check-defaults.ts'
import type { Wanted, WantedCompany, WantedEnvironment } from '#declaration/declaration.ts'
import { type FieldChange, fieldsOf, fieldsThatDiffer } from '#declaration/fields.ts'
import { planAccess } from '#declaration/plan-access.ts'
import { planClients } from '#declaration/plan-clients.ts'
import { planConnect } from '#declaration/plan-connect.ts'
import { planConnections, type Surroundings } from '#declaration/plan-connections.ts'
import { planDirectory } from '#declaration/plan-directory.ts'
import { planUsers } from '#declaration/plan-users.ts'
import type { CompanyState, EnvironmentState, State } from '#declaration/state.ts'
import { terseSessions } from '#declaration/terse.ts'
import { defaultSessionSettings } from '#sessions/settings.ts'

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
      planEnvironment(draft, company, environment, { current: known, prune })
      planContents(draft, { company, environment, current: known, prune, owners, unnamed })
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
  { current, prune }: { readonly current: EnvironmentState | undefined; readonly prune: boolean },
): void {
  const label = `environment ${company.slug}/${wanted.slug}`
  const { name, targets } = wanted
  if (current === undefined) {
    const fields = fieldsThatDiffer(undefined, fieldsOf({ name, targets, sessions: terseSessions(wanted.sessions) }))
    draft.changes.push({ action: 'add', subject: 'environment', label, fields, companySlug: company.slug, wanted })
    return
  }
  const sessions = wanted.sessions ?? (prune ? defaultSessionSettings : current.sessions)
  const before = { name: current.name, targets: current.targets, sessions: current.sessions }
  const fields = fieldsThatDiffer(fieldsOf(before), fieldsOf({ name, targets, sessions }))
  if (fields.length === 0) draft.unchanged++
  else {
    const after = { ...wanted, sessions }
    draft.changes.push({ action: 'change', subject: 'environment', label, fields, current, wanted: after })
  }
  const isLeftAlone = wanted.sessions === undefined && Object.keys(terseSessions(sessions)).length > 0
  if (isLeftAlone) draft.unmanaged.push(`session settings of ${label}`)
}

/** What an Environment holds, in the order in which one needs the other. */
function planContents(draft: Draft, around: Surroundings): void {
  const directory = planDirectory(draft, around)
  for (const connection of around.environment.connections) {
    checkDefaults(connection, directory, (path, message) => {
      draft.problems.push({ path: [...connection.path, ...path], message })
    })
  }
  const connectionNames = planConnections(draft, around)
  planClients(draft, around)
  planAccess(draft, around)
  planConnect(draft, around)
  planUsers(draft, around, { directory, connectionNames })
}

function contents(environments: readonly EnvironmentState[]): readonly FieldChange[] {
  const sum = (count: (environment: EnvironmentState) => number): string =>
    String(environments.reduce((total, environment) => total + count(environment), 0))
  return [
    { name: 'connections', from: sum(({ connections }) => connections.length), to: undefined },
    { name: 'users', from: sum(({ users }) => users), to: undefined },
  ]
}
