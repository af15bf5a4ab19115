import type { Id } from '#config/world.ts'
import type { Form } from '#http/form.ts'
import type { Account } from '#users/accounts.ts'

/** One thing that the person decides: a field of the form, and what may stand in it. */
export type Choice = {
  readonly field: string
  readonly about:
    | { readonly kind: 'default-application' }
    | { readonly kind: 'active-role'; readonly applicationId: Id<'app'>; readonly applicationName: string }
  readonly options: readonly { readonly value: string; readonly name: string }[]
  /** The value that counts now; one of the options. */
  readonly current: string
}

/** The value for what nobody has chosen yet. */
export const NOTHING_YET = ''

/**
 * What this person may choose, now: one of their Applications as the default, and in each Application one of the roles that
 * they have there. Nothing can be chosen only as long as nothing is: there is no way back to it.
 */
export function choicesOf({ user, applications }: Account): readonly Choice[] {
  if (applications.length === 0) return []
  const mine = applications.map(({ applicationId, name }) => ({ value: applicationId, name }))
  const roles = applications.filter((access) => access.roles.length > 0)
  return [
    choice('application', { kind: 'default-application' }, mine, user.defaultApplicationId),
    ...roles.map(({ applicationId, name, roles, activeRoleId }) =>
      choice(
        `role.${applicationId}`,
        { kind: 'active-role', applicationId, applicationName: name },
        roles.map((role) => ({ value: role.roleId, name: role.name })),
        activeRoleId,
      ),
    ),
  ]
}

function choice(
  field: string,
  about: Choice['about'],
  values: Choice['options'],
  chosen: string | undefined = NOTHING_YET,
): Choice {
  const isThere = values.some(({ value }) => value === chosen)
  return isThere
    ? { field, about, options: values, current: chosen }
    : { field, about, options: [{ value: NOTHING_YET, name: 'Not chosen yet' }, ...values], current: NOTHING_YET }
}

export type Chosen = { readonly about: Choice['about']; readonly value: string }

export type Judged =
  | { readonly changes: readonly Chosen[] }
  /** The form is not the one that the page has. */
  | { readonly refused: 'account-form' }
  /** By field: what stands there was not offered. */
  | { readonly notOffered: ReadonlyMap<string, 'account-application' | 'account-role'> }

/** Only the fields that the page has, each once, and in each only what it offers. */
export function judgeForm(choices: readonly Choice[], form: Form): Judged {
  const known = new Set(choices.map(({ field }) => field))
  const isWhole = choices.length > 0 && form.size === known.size && [...known].every((field) => form.has(field))
  if (!isWhole) return { refused: 'account-form' }
  const given = choices.map((choice) => ({ ...choice, value: form.get(choice.field) ?? NOTHING_YET }))
  const foreign = given.filter(({ options, value }) => !options.some((option) => option.value === value))
  if (foreign.length > 0) return { notOffered: new Map(foreign.map(({ field, about }) => [field, codeOf(about)])) }
  return { changes: given.filter(({ value, current }) => value !== current) }
}

function codeOf({ kind }: Choice['about']): 'account-application' | 'account-role' {
  return kind === 'default-application' ? 'account-application' : 'account-role'
}
