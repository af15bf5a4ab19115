// What is different between two states of an account, in the labels of the settings page.

import type { AccountChange } from '#login/signin-tests.ts'
import type { Account } from '#users/accounts.ts'

const fields: readonly (readonly [field: string, value: (account: Account) => string | undefined])[] = [
  ['Username', ({ user }) => user.username],
  ['Federated Id', ({ user }) => user.federatedId],
  ['User Type', ({ user }) => user.userType],
  ['First Name', ({ user }) => user.firstName],
  ['Last Name', ({ user }) => user.lastName],
  ['Email', ({ user }) => user.email],
  ['Connection', ({ user }) => user.connectionId],
  ['Access Profile', ({ accessProfileName }) => accessProfileName],
  ['Primary Team', ({ teams }) => teams.find(({ primary }) => primary)?.name],
]

const lists: readonly (readonly [field: string, values: (account: Account) => readonly string[]])[] = [
  ['Team', ({ teams }) => teams.map(({ name }) => name)],
  ['Application', ({ applications }) => applications.map(({ name }) => name)],
  [
    'Role',
    ({ applications }) => applications.flatMap(({ name, roles }) => roles.map((role) => `${name}: ${role.name}`)),
  ],
]

/** An entry for each field, and for each team, application and role that was lost (`from`) or gained (`to`). */
export function accountChanges(before: Account | undefined, after: Account | undefined): readonly AccountChange[] {
  const ofFields = fields.flatMap(([field, value]) => {
    const [from, to] = [before, after].map((account) => (account && value(account)) ?? null)
    return from === to ? [] : [{ field, from: from ?? null, to: to ?? null }]
  })
  const ofLists = lists.flatMap(([field, values]) => {
    const [had, has] = [before, after].map((account) => (account === undefined ? [] : values(account)))
    return [
      ...(had ?? []).filter((one) => !has?.includes(one)).map((from) => ({ field, from, to: null })),
      ...(has ?? []).filter((one) => !had?.includes(one)).map((to) => ({ field, from: null, to })),
    ]
  })
  return [...ofFields, ...ofLists]
}
