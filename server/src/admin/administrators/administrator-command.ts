/** `sallyport admin …`: making, listing, recovering and removing administrators, for whoever runs the machine. */

import { email as emailShape } from '#admin/administrators/me-shapes.ts'
import { insertCompanyAuditEntry } from '#admin/audit/company-audit.ts'
import { commandLine, type Cli as EnvironmentCli, fail } from '#admin/in-environment.ts'
import { endAdminSessions } from '#administrators/admin-sessions.ts'
import {
  type Administrator,
  changeAdministrator,
  deleteAdministrator,
  findAdministratorByEmail,
  insertAdministrator,
  listAdministrators,
} from '#administrators/administrators.ts'
import { firstRunUrl, linkUrl } from '#administrators/first-run.ts'
import { insertLink, voidLinks } from '#administrators/links.ts'
import { listMemberships, type Role, roles, saveMembership } from '#administrators/memberships.ts'
import { type Company, findCompany, listCompanies } from '#companies/companies.ts'
import type { CommandArguments } from '#config/command.ts'
import type { Config } from '#config/config.ts'
import type { Handle } from '#storage/database.ts'

type Cli = EnvironmentCli & { readonly config: Pick<Config, 'publicUrl'> }

export const createAdministratorOptions = {
  name: { type: 'string' },
  company: { type: 'string' },
  role: { type: 'string' },
  operator: { type: 'boolean' },
} as const

export async function createAdministratorCommand({ positionals, values }: CommandArguments, cli: Cli): Promise<number> {
  const email = readEmail(positionals)
  if (email === undefined) return fail(cli, 2, 'admin create needs one e-mail address, like grace@acme.example')
  const role = roles.find((known) => known === (values.role ?? 'owner'))
  if (role === undefined) return fail(cli, 2, `--role must be one of ${roles.join(', ')}`)
  if (values.company === undefined && values.operator !== true)
    return fail(cli, 2, 'Say what they administer: --company SLUG for one Company, --operator for all of them')
  const company = typeof values.company === 'string' ? await findCompany(cli.db.read, values.company) : undefined
  if (typeof values.company === 'string' && company === undefined)
    return fail(cli, 1, `There is no Company ${values.company}. “sallyport export” shows all of them.`)
  const name = typeof values.name === 'string' && values.name.trim() !== '' ? values.name.trim() : email
  const wanted = { email, name, company, role, operator: values.operator === true }
  const { administrator, token } = await cli.db.transaction((tx) => create(tx, cli, wanted))
  cli.err(`${administrator.email} administers ${company?.name ?? 'everything'} now.`)
  if (token === undefined) cli.err('There was an account with this address already: its password is as it was.')
  else {
    cli.err('This link lets them choose a password, once and within seven days:')
    // Alone on standard output, so that a script can take it.
    cli.out(linkUrl(cli.config.publicUrl, token))
  }
  return 0
}

type Wanted = {
  readonly email: string
  readonly name: string
  readonly company: Company | undefined
  readonly role: Role
  readonly operator: boolean
}

async function create(
  tx: Handle,
  { world }: Cli,
  { email, name, company, role, operator }: Wanted,
): Promise<{ readonly administrator: Administrator; readonly token: string | undefined }> {
  const now = world.clock()
  const times = { chance: world.chance, now }
  const known = await findAdministratorByEmail(tx, email)
  const administrator = known ?? (await insertAdministrator(tx, { email, name, operator }, times))
  if (known !== undefined && operator) await changeAdministrator(tx, known.id, { operator }, now)
  if (company !== undefined)
    await saveMembership(tx, administrator.id, { companyId: company.id, role, environments: undefined }, now)
  const changes = {
    ...(company === undefined ? {} : { role: { from: null, to: role } }),
    ...(operator ? { operator: { from: known?.operator ?? null, to: true } } : {}),
  }
  await note(tx, { world }, company, 'administrator.created', administrator, changes)
  if (administrator.passwordHash !== undefined) return { administrator, token: undefined }
  await voidLinks(tx, administrator.id)
  const { token } = await insertLink(tx, { purpose: 'invitation', administratorId: administrator.id }, times)
  return { administrator, token }
}

export async function listAdministratorsCommand({ db, out, err }: Cli): Promise<number> {
  const companies = await listCompanies(db.read)
  const administrators = await listAdministrators(db.read)
  if (administrators.length === 0)
    err('There are no administrators. “sallyport admin first-run” makes a link for the first.')
  for (const { id, email, name, operator, passwordHash, totpSealed, lastSignInAt } of administrators) {
    const memberships = await listMemberships(db.read, id)
    const places = memberships.map(({ companyId, role, environments }) => {
      const slug = companies.find((company) => company.id === companyId)?.slug ?? companyId
      return `${role} of ${slug}${environments === undefined ? '' : ` (${environments.length} Environments)`}`
    })
    const what = [...(operator ? ['operator'] : []), ...places].join(', ') || 'nothing'
    const how =
      passwordHash === undefined ? 'no password' : totpSealed === undefined ? 'password' : 'password and codes'
    const last = lastSignInAt === undefined ? 'never signed in' : `last signed in ${lastSignInAt.toISOString()}`
    out([email, name, what, how, last].join('  '))
  }
  return 0
}

/** Break-glass: for who has lost the password, the codes or the passkey, or whose account somebody else has. */
export async function recoverAdministratorCommand({ positionals }: CommandArguments, cli: Cli): Promise<number> {
  const found = await find('recover', positionals, cli)
  if (typeof found === 'number') return found
  const token = await cli.db.transaction(async (tx) => {
    const times = { chance: cli.world.chance, now: cli.world.clock() }
    await voidLinks(tx, found.id)
    await endAdminSessions(tx, found.id)
    await note(tx, cli, undefined, 'administrator.recovery-begun', found)
    return (await insertLink(tx, { purpose: 'recover', administratorId: found.id }, times)).token
  })
  cli.err(`${found.email} is signed out everywhere. This link sets a new password, once and within an hour;`)
  cli.err('codes and passkeys are dropped when it is used:')
  cli.out(linkUrl(cli.config.publicUrl, token))
  return 0
}

export async function removeAdministratorCommand({ positionals }: CommandArguments, cli: Cli): Promise<number> {
  const found = await find('remove', positionals, cli)
  if (typeof found === 'number') return found
  await cli.db.transaction(async (tx) => {
    for (const { companyId } of await listMemberships(tx, found.id)) {
      const entry = {
        actor: commandLine,
        action: 'administrator.removed',
        subjectId: found.id,
        subjectName: found.email,
      }
      const times = { chance: cli.world.chance, now: cli.world.clock() }
      await insertCompanyAuditEntry(tx, companyId, { ...entry, changes: {} }, times)
    }
    await note(tx, cli, undefined, 'administrator.removed', found)
    await deleteAdministrator(tx, found.id)
  })
  cli.out(`Removed ${found.email}, and ended their sessions.`)
  return 0
}

export async function firstRunCommand(cli: Cli): Promise<number> {
  const url = await firstRunUrl(cli.db, cli.world, cli.config.publicUrl)
  if (url === undefined) return fail(cli, 1, 'There is an administrator already. “sallyport admin list” shows who.')
  cli.err('This link makes the first administrator, once and within a day:')
  cli.out(url)
  return 0
}

async function find(command: string, positionals: readonly string[], cli: Cli): Promise<Administrator | number> {
  const email = readEmail(positionals)
  if (email === undefined) return fail(cli, 2, `admin ${command} needs one e-mail address, like grace@acme.example`)
  const found = await findAdministratorByEmail(cli.db.read, email)
  return (
    found ?? fail(cli, 1, `Nobody with the address ${email} administers anything. “sallyport admin list” shows who.`)
  )
}

function readEmail(positionals: readonly string[]): string | undefined {
  const [email, ...more] = positionals
  return more.length > 0 ? undefined : emailShape.safeParse(email).data
}

async function note(
  tx: Handle,
  { world }: Pick<Cli, 'world'>,
  company: Company | undefined,
  action: string,
  { id, email }: Administrator,
  changes: Parameters<typeof insertCompanyAuditEntry>[2]['changes'] = {},
): Promise<void> {
  const entry = { actor: commandLine, action, subjectId: id, subjectName: email, changes }
  await insertCompanyAuditEntry(tx, company?.id, entry, { chance: world.chance, now: world.clock() })
}
