import { type EnvironmentOfCompany, findEnvironment } from '#companies/environments.ts'
import type { CommandArguments, CommandWorld } from '#config/command.ts'
import { normalized } from '#passwords/hash.ts'
import { PasswordRefused, sentenceOf } from '#passwords/refusal.ts'
import { refuseWhereNone, setPassword } from '#passwords/set-password.ts'
import { expiries, findPasswordSettings, passwordSettings, savePasswordSettings } from '#passwords/settings.ts'
import type { Database } from '#storage/database.ts'
import { findUser } from '#users/users.ts'

type Cli = CommandWorld & {
  readonly db: Database
  /** From the terminal without showing it, or from the standard input. */
  readonly readSecret: (prompt: string) => Promise<string | undefined>
}

export const setPasswordOptions = { environment: { type: 'string' }, 'must-change': { type: 'boolean' } } as const

/** `users set-password`: exit code 0 done, 1 refused, 2 called wrongly. */
export async function setPasswordCommand({ positionals, values }: CommandArguments, cli: Cli): Promise<number> {
  const [username, ...more] = positionals
  if (username === undefined || more.length > 0 || typeof values.environment !== 'string')
    return fail(
      cli,
      2,
      'users set-password needs USERNAME and --environment COMPANY/ENVIRONMENT; it asks for the password',
    )
  const place = await findPlace(cli, values.environment)
  if (place === undefined) return 1
  const user = await findUser(cli.db.read, place.environment.id, { kind: 'username', value: username })
  if (user === undefined)
    return fail(cli, 1, `No user of ${values.environment} is called ${username}. Names are compared exactly.`)
  try {
    await refuseWhereNone(cli.db.read, user)
    const password = await cli.readSecret(`New password for ${username}`)
    if (password === undefined)
      return fail(cli, 1, 'No password was given, or two different ones; nothing was changed.')
    await setPassword(cli, user, { password: normalized(password), mustChange: values['must-change'] === true })
  } catch (error) {
    if (!(error instanceof PasswordRefused)) throw error
    const { sentence, cure } = sentenceOf(error.fault)
    return fail(cli, 1, `${sentence} ${cure}`)
  }
  cli.out(`The password of ${username} is set, and all of their sessions are ended.`)
  const { enabled } = await findPasswordSettings(cli.db.read, place.environment.id)
  if (!enabled) cli.out(`It cannot be used yet: turn passwords on with sallyport passwords ${values.environment} --on`)
  return 0
}

export const passwordsOptions = {
  on: { type: 'boolean' },
  off: { type: 'boolean' },
  'minimum-length': { type: 'string' },
  'expiry-days': { type: 'string' },
} as const

/** `passwords`: shows or changes how an Environment uses passwords. */
export async function passwordsCommand({ positionals, values }: CommandArguments, cli: Cli): Promise<number> {
  const [where, ...more] = positionals
  if (where === undefined || more.length > 0 || (values.on === true && values.off === true))
    return fail(cli, 2, 'passwords needs COMPANY/ENVIRONMENT, and --on or --off to turn them on or off')
  const place = await findPlace(cli, where)
  if (place === undefined) return 1
  const { id } = place.environment
  const before = await findPasswordSettings(cli.db.read, id)
  const length = values['minimum-length']
  const expiry = values['expiry-days']
  const wanted = passwordSettings.safeParse({
    enabled: values.on === true || (values.off !== true && before.enabled),
    minimumLength: length === undefined ? before.minimumLength : Number(length),
    expiryDays: expiry === undefined ? before.expiryDays : expiry === 'never' ? expiry : Number(expiry),
  })
  if (!wanted.success)
    return fail(cli, 2, `--minimum-length is a number from 8 to 64, --expiry-days one of ${expiries.join(', ')}.`)
  const { enabled, minimumLength, expiryDays } = wanted.data
  if (Object.keys(values).length > 0) await savePasswordSettings(cli.db.write, id, wanted.data, cli.world.clock())
  const age = expiryDays === 'never' ? 'they never expire' : `they expire after ${expiryDays} days`
  cli.out(`Passwords of ${where} are ${enabled ? 'on' : 'off'}: at least ${minimumLength} characters, ${age}.`)
  return 0
}

async function findPlace(cli: Cli, where: string): Promise<EnvironmentOfCompany | undefined> {
  const [companySlug = '', environmentSlug = '', ...more] = where.split('/')
  const place = more.length > 0 ? undefined : await findEnvironment(cli.db.read, { companySlug, environmentSlug })
  if (place === undefined) cli.err(`There is no Environment ${where}. Name it like acme/production.`)
  return place
}

function fail(cli: Cli, code: number, message: string): number {
  cli.err(message)
  return code
}
