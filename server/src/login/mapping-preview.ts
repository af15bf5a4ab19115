// What another mapping of attributes would make of people who have signed in lately: each sign-in is done again with both
// mappings, in transactions that are undone, and what comes of the two is compared.

import type { Id } from '#config/world.ts'
import type { Connection } from '#connections/connections.ts'
import { accountChanges } from '#login/account-changes.ts'
import { admit } from '#login/admit.ts'
import { identityOf } from '#login/decide.ts'
import type { LoginContext } from '#login/login.ts'
import { type AnyCheck, allExplanations } from '#login/login-checks.ts'
import { undoing } from '#login/rehearse.ts'
import type { AccountChange } from '#login/signin-tests.ts'
import type { Person } from '#login/verified-responses.ts'
import { type Account, findAccount } from '#users/accounts.ts'
import { emailKey, findUser } from '#users/users.ts'

export type SigninToRepeat = { readonly reference: string; readonly person: Person }

export type Previewed = {
  readonly reference: string
  /** Of whoever they are now, or would be. */
  readonly username: string | undefined
  /** Who they would be taken for. */
  readonly account: 'same' | 'another' | 'new' | 'none'
  readonly changes: readonly AccountChange[]
  /** What would stand in the way that does not now. */
  readonly problems: readonly AnyCheck[]
  /** Whether they would come in, who do not now; or the other way round. */
  readonly access: 'same' | 'lost' | 'gained'
}

type Outcome = {
  /** By what the person is found, as one text. */
  readonly who: string | undefined
  readonly existing: Id<'user'> | undefined
  readonly account: Account | undefined
  readonly problems: readonly AnyCheck[]
}

type Context = Pick<LoginContext, 'db' | 'world'>

/** Only those for whom something would be different, in the order of the sign-ins. */
export async function previewMapping(
  ctx: Context,
  { current, wanted }: { readonly current: Connection; readonly wanted: Connection },
  signIns: readonly SigninToRepeat[],
): Promise<readonly Previewed[]> {
  const found: Previewed[] = []
  const among = amongEachOther()
  for (const { reference, person } of signIns) {
    const [now, alone] = [await outcomeOf(ctx, current, person), await outcomeOf(ctx, wanted, person)]
    const then = { ...alone, problems: [...alone.problems, ...among(alone)] }
    const previewed = compared(reference, now, then)
    const isSame = previewed.account === 'same' && previewed.access === 'same'
    if (!isSame || previewed.changes.length > 0 || previewed.problems.length > 0) found.push(previewed)
  }
  return found
}

/** The newest of each person, as the connection knows them now. */
export function newestOfEach(connection: Connection, signIns: readonly SigninToRepeat[]): readonly SigninToRepeat[] {
  const seen = new Set<string>()
  return signIns.filter(({ person }) => {
    const { key } = identityOf(person, connection)
    const who = JSON.stringify(key ?? person.nameId ?? person)
    return !seen.has(who) && seen.add(who)
  })
}

async function outcomeOf(ctx: Context, connection: Connection, person: Person): Promise<Outcome> {
  const { check, key, identity } = identityOf(person, connection)
  if (key === undefined || identity === undefined)
    return { who: undefined, existing: undefined, account: undefined, problems: [check] }
  const { transaction } = undoing(ctx.db, async (_tx, work) => void (await work()))
  return transaction(async (tx) => {
    const existing = await findUser(tx, connection.environmentId, key)
    const { user, checks } = await admit(tx, ctx.world, connection, { person, key, identity })
    const account = user && (await findAccount(tx, connection.environmentId, user.id))
    return {
      who: JSON.stringify(key),
      existing: existing?.id,
      account,
      problems: checks.filter(({ outcome }) => outcome === 'failed'),
    }
  })
}

/** Each alone may have what two cannot have: a user id, an e-mail address. Whoever comes later is told. */
function amongEachOther(): (then: Outcome) => readonly AnyCheck[] {
  const [ids, addresses] = [new Set<string>(), new Set<string>()]
  const isTaken = (all: Set<string>, value: string | undefined): boolean => {
    if (value === undefined) return false
    const taken = all.has(value)
    all.add(value)
    return taken
  }
  return ({ who, account }) => {
    const failed = { outcome: 'failed', about: 'assertion' } as const
    const expected = 'a value that none of the other people has'
    if (isTaken(ids, who)) return [{ ...failed, code: 'user-id', expected, received: 'the user id of another of them' }]
    const email = account?.user.email
    if (!isTaken(addresses, email === undefined ? undefined : emailKey(email))) return []
    return [
      { ...failed, code: 'user-email', expected, received: `the address ${email}, which another of them has, too` },
    ]
  }
}

function compared(reference: string, now: Outcome, then: Outcome): Previewed {
  const known = (one: AnyCheck): boolean =>
    now.problems.some(({ code, received }) => code === one.code && received === one.received)
  const [before, after] = [now.account, then.account]
  const access =
    before === undefined ? (after === undefined ? 'same' : 'gained') : after === undefined ? 'lost' : 'same'
  return {
    reference,
    username: before?.user.username ?? after?.user.username,
    account: whoseAccount(now, then),
    // Who does not come in keeps what they have.
    changes: access === 'same' ? accountChanges(before, after) : [],
    problems: then.problems.filter((one) => !known(one)),
    access,
  }
}

function whoseAccount(now: Outcome, then: Outcome): Previewed['account'] {
  if (then.account === undefined) return now.account === undefined ? 'same' : 'none'
  // Where there is no account either way, both would make one, and it is the same person's.
  if (now.existing === then.existing) return 'same'
  return then.existing === undefined ? 'new' : 'another'
}

/** One sentence for one person, one for several. */
type Words = readonly [one: string, several: (count: number) => string]

/** In sentences, the most people first: “23 people lose the Role Agent.” */
export function summarized(people: readonly Previewed[]): readonly string[] {
  const counts = new Map<string, { readonly words: Words; readonly of: Set<string> }>()
  for (const one of people) {
    for (const words of wordsOf(one)) {
      const known = counts.get(words[0]) ?? { words, of: new Set() }
      counts.set(words[0], known)
      known.of.add(one.reference)
    }
  }
  const sorted = [...counts.values()].sort((some, others) => others.of.size - some.of.size)
  return sorted.map(({ words: [one, several], of: { size } }) => (size === 1 ? one : several(size)))
}

function wordsOf({ access, account, changes, problems }: Previewed): readonly Words[] {
  return [
    ...(access === 'lost' ? [would('not come in any more')] : []),
    ...(access === 'gained' ? [would('come in, and do not now')] : []),
    ...(account === 'another' ? [would('be taken for somebody else')] : []),
    ...(account === 'new' ? [would('get a new account')] : []),
    ...changes.map(wordsOfChange),
    ...problems.map(wordsOfProblem),
  ]
}

function would(what: string): Words {
  return [`1 person would ${what}.`, (count) => `${count} people would ${what}.`]
}

const namesOfLists = ['Team', 'Application', 'Role']

/** Names of teams and roles are ours; what an assertion says of a person is not repeated. */
function wordsOfChange({ field, from, to }: AccountChange): Words {
  if (!namesOfLists.includes(field)) return would(`have another ${field}`)
  const [verb, verbs, what] = from === null ? ['gain', 'gains', to] : ['lose', 'loses', from]
  return [`1 person ${verbs} the ${field} ${what}.`, (count) => `${count} people ${verb} the ${field} ${what}.`]
}

function wordsOfProblem({ code, expected = '' }: AnyCheck): Words {
  const isEmail = code === 'user-email' || (code === 'user-sync' && expected.startsWith('an e-mail address'))
  if (isEmail) return ['1 e-mail conflict.', (count) => `${count} e-mail conflicts.`]
  const not = `not so: ${allExplanations[code].title}.`
  return [`For 1 person it is ${not}`, (count) => `For ${count} people it is ${not}`]
}
