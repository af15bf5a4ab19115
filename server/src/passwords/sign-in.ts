import { within } from '#access/access.ts'
import { accessCheck, decideSignIn } from '#access/sign-in.ts'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import type { Config } from '#config/config.ts'
import type { World } from '#config/world.ts'
import type { ClientsOfLogin } from '#login/clients.ts'
import { tellOfEnds } from '#logout/tell.ts'
import type { Mailer } from '#mail/mail.ts'
import { countAttempt } from '#passwords/attempts.ts'
import type { PasswordCheck } from '#passwords/checks.ts'
import { beforeVerifying, check, lockedCheck } from '#passwords/decide.ts'
import { normalized, verifyPassword } from '#passwords/hash.ts'
import { findPassword, forgetAttempts, takeAttempt } from '#passwords/passwords.ts'
import { insertReset } from '#passwords/resets.ts'
import { findPasswordSettings, isExpired } from '#passwords/settings.ts'
import { usesSingleSignOnOnly } from '#passwords/single-sign-on.ts'
import { endSessions } from '#sessions/ends.ts'
import { openSession, type Session } from '#sessions/sessions.ts'
import { type Ending, finishRecord, type RecordDetails, startRecord } from '#signin-records/signin-records.ts'
import type { Database, Handle } from '#storage/database.ts'
import { findUser, findUserById, type User } from '#users/users.ts'

export type PasswordContext = {
  readonly db: Database
  readonly world: World
  readonly config: Pick<Config, 'publicUrl'>
  readonly mailer: Mailer
  readonly clients: ClientsOfLogin
}

export type PasswordSignIn = {
  readonly username: string
  readonly password: string
  readonly done: string | undefined
  readonly client: RecordDetails['client']
  /** The token of the session that this browser has in the Environment, if it has one: it is replaced. */
  readonly formerToken: string | undefined
}

export type PasswordSignedIn =
  | { readonly outcome: 'signed-in'; readonly session: Session; readonly token: string }
  /** The password was right, and another one is wanted; the token lets the person choose it. */
  | { readonly outcome: 'change'; readonly resetToken: string }
  | { readonly outcome: 'refused' | 'too-many'; readonly reference: string }

/** One attempt to sign in with a password. What is wrong stands in the record alone. */
export async function signInByPassword(
  ctx: PasswordContext,
  { environment }: EnvironmentOfCompany,
  attempt: PasswordSignIn,
): Promise<PasswordSignedIn> {
  const environmentId = environment.id
  const rate = await rateCheck(ctx, environmentId, attempt)
  if (rate.outcome === 'failed') return refuse(ctx, environmentId, attempt, { outcome: 'too-many', checks: [rate] })
  const user = await findByName(ctx, environmentId, attempt.username)
  const stored = user && (await findPassword(ctx.db.read, environmentId, user.id))
  const now = ctx.world.clock()
  const singleSignOnOnly = user !== undefined && (await usesSingleSignOnOnly(ctx.db.read, user))
  const step = beforeVerifying(user, stored, { singleSignOnOnly, now })
  // Counted before it is looked at: see takeAttempt.
  const taken =
    step.next === 'verify' && user !== undefined && (await ctx.db.transaction((tx) => takeAttempt(tx, user, now)))
  const right = await verifyPassword(normalized(attempt.password), taken ? step.hash : undefined)
  if (user === undefined || stored === undefined || step.next === 'refuse')
    return refuse(ctx, environmentId, attempt, { outcome: 'refused', checks: step.checks, user })
  if (!right) {
    const wrong = taken ? { ...check('password'), ...mistake } : lockedCheck(undefined)
    return refuse(ctx, environmentId, attempt, { outcome: 'refused', checks: [...step.checks, wrong], user })
  }
  const expired = isExpired(stored, await findPasswordSettings(ctx.db.read, environmentId), now)
  const checks: readonly PasswordCheck[] = [...step.checks, { ...check('password'), outcome: 'passed' }]
  const entered = await ctx.db.transaction((tx) =>
    enter(tx, ctx, { user, hash: stored.hash, attempt, checks, expired }),
  )
  if (entered !== undefined && 'forbidden' in entered)
    return refuse(ctx, environmentId, attempt, { outcome: 'refused', checks: [...checks, entered.forbidden], user })
  if (entered !== undefined) return entered
  const changed = { ...check('password'), ...mistake, received: 'one that was changed at that moment' }
  return refuse(ctx, environmentId, attempt, { outcome: 'refused', checks: [...step.checks, changed], user })
}

const mistake = { outcome: 'failed', expected: 'the password of this user', received: 'another one' } as const

type Entering = {
  readonly user: User
  readonly hash: string
  readonly attempt: PasswordSignIn
  readonly checks: readonly PasswordCheck[]
  readonly expired: boolean
}

/** Undefined where the password was changed, or the user deactivated, while the password was looked at. */
async function enter(
  tx: Handle,
  ctx: PasswordContext,
  { user, hash, attempt, checks, expired }: Entering,
): Promise<PasswordSignedIn | { readonly forbidden: PasswordCheck } | undefined> {
  const { world } = ctx
  const now = world.clock()
  const { environmentId } = user
  const made = { chance: world.chance, now }
  if (!(await forgetAttempts(tx, user, hash))) return undefined
  const current = await findUserById(tx, environmentId, user.id)
  if (current === undefined || current.deactivatedAt !== undefined) return undefined
  const { address } = attempt.client
  const asking = await ctx.clients.askedFor(tx, environmentId, attempt.done)
  const { authnContext } = sessionByPassword
  const asked = { userId: user.id, address, at: now, authnContext, client: asking?.client }
  const { decision } = await decideSignIn(within(tx, ctx), environmentId, asked)
  if (decision.effect !== 'allow')
    return { forbidden: { ...accessCheck('password-access', decision), about: 'password' } }
  if (expired) {
    const change = { ...check('password-current'), ...tooOld }
    const ending = { outcome: 'refused', reason: change.code, checks: [...checks, change] } as const
    await writeRecord(tx, world, environmentId, { attempt, ending: { ...ending, ...subjectOf(user) } })
    return { outcome: 'change', resetToken: await insertReset(tx, user, made) }
  }
  // A new token at each sign-in (session fixation), and the old session does not live on unseen.
  const which = attempt.formerToken === undefined ? { ids: [] } : { token: attempt.formerToken }
  const replaced = await endSessions(tx, environmentId, which, { why: 'replaced', now })
  const [follows] = replaced
  const ending = { outcome: 'signed-in', checks, ...subjectOf(user) } as const
  const { id: recordId } = await writeRecord(tx, world, environmentId, { attempt, ending })
  const session = { ...sessionByPassword, userId: user.id, client: attempt.client, follows, recordId }
  const opened = await openSession(tx, environmentId, session, made)
  await tellOfEnds(tx, environmentId, [...replaced, ...opened.ended], made)
  return { outcome: 'signed-in', ...opened }
}

const tooOld = { outcome: 'failed', expected: 'a password that is still good', received: 'one to be changed' } as const

const sessionByPassword = {
  connectionId: undefined,
  nameId: undefined,
  sessionIndex: undefined,
  authnContext: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  notOnOrAfter: undefined,
} as const

type Refusing = {
  readonly outcome: 'refused' | 'too-many'
  readonly checks: readonly PasswordCheck[]
  readonly user?: User | undefined
}

async function refuse(
  { db, world }: PasswordContext,
  environmentId: Session['environmentId'],
  attempt: PasswordSignIn,
  { outcome, checks, user }: Refusing,
): Promise<PasswordSignedIn> {
  const reason = checks.find((one) => one.outcome === 'failed')?.code ?? 'password'
  const ending: Ending = { outcome: 'refused', reason, checks, ...(user && subjectOf(user)) }
  const { reference } = await db.transaction((tx) => writeRecord(tx, world, environmentId, { attempt, ending }))
  return { outcome, reference }
}

/** The record of a form that is not looked at: it did not come from our page. */
export async function refuseForm(
  ctx: PasswordContext,
  { environment }: EnvironmentOfCompany,
  attempt: Pick<PasswordSignIn, 'client' | 'done'>,
): Promise<string> {
  const failed = {
    ...check('password-form'),
    outcome: 'failed',
    expected: 'our own form',
    received: 'another',
  } as const
  const ending: Ending = { outcome: 'refused', reason: failed.code, checks: [failed] }
  const written = await ctx.db.transaction((tx) => writeRecord(tx, ctx.world, environment.id, { attempt, ending }))
  return written.reference
}

function subjectOf(user: User): Pick<Ending, 'userId' | 'subject'> {
  return { userId: user.id, subject: user.username }
}

async function writeRecord(
  tx: Handle,
  { chance, clock }: World,
  environmentId: Session['environmentId'],
  { attempt, ending }: { readonly attempt: Pick<PasswordSignIn, 'client' | 'done'>; readonly ending: Ending },
): ReturnType<typeof startRecord> {
  const now = clock()
  const done = attempt.done === undefined ? {} : { done: attempt.done }
  const details: RecordDetails = { checks: [], client: attempt.client, startedAt: 'here', ...done }
  const made = await startRecord(tx, environmentId, { connectionId: undefined, details }, { chance, now })
  await finishRecord(tx, environmentId, made.id, ending, now)
  return made
}

async function rateCheck(
  { db, world }: PasswordContext,
  environmentId: Session['environmentId'],
  { username, client }: PasswordSignIn,
): Promise<PasswordCheck> {
  const now = world.clock()
  const from = await countAttempt(db.write, environmentId, { limit: 'sign-in from', of: client.address }, now)
  const as = await countAttempt(db.write, environmentId, { limit: 'sign-in as', of: username }, now)
  if (from && as) return { ...check('password-rate'), outcome: 'passed' }
  const received = from ? 'too many for this user name' : `too many from ${client.address}`
  return { ...check('password-rate'), outcome: 'failed', expected: 'few attempts in ten minutes', received }
}

/** PostgreSQL takes no NUL, and nobody has so long a name. */
export async function findByName(
  { db }: Pick<PasswordContext, 'db'>,
  environmentId: Session['environmentId'],
  username: string,
): Promise<User | undefined> {
  if (username === '' || username.length > 1000 || username.includes('\0')) return undefined
  return findUser(db.read, environmentId, { kind: 'username', value: username })
}
