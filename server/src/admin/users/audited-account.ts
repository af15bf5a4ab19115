// Users in the API, with where each of their properties came from. The rules are `users`'; this folder must not have its own.

import type { AuditValue } from '#admin/audit/audit.ts'
import type { Account } from '#users/accounts.ts'

/** What the audit compares: names, which people can read, and no identifiers that only programs know. */
export function auditedAccount({
  user,
  teams,
  applications,
  accessProfileName,
}: Account): Readonly<Record<string, AuditValue>> {
  return {
    username: user.username,
    federatedId: user.federatedId ?? null,
    userType: user.userType,
    firstName: user.firstName ?? null,
    lastName: user.lastName ?? null,
    email: user.email ?? null,
    active: user.deactivatedAt === undefined,
    connectionId: user.connectionId ?? null,
    team: teams.find(({ primary }) => primary)?.name ?? null,
    teams: teams.filter(({ primary }) => !primary).map(({ name }) => name),
    accessProfile: accessProfileName ?? null,
    defaultApplication:
      applications.find(({ applicationId }) => applicationId === user.defaultApplicationId)?.name ?? null,
    applications: applications.map(({ name }) => name),
    roles: applications.flatMap(({ name, roles }) => roles.map((role) => `${role.name} in ${name}`)),
    activeRoles: applications.flatMap(({ name, roles, activeRoleId }) =>
      roles.filter(({ roleId }) => roleId === activeRoleId).map((role) => `${role.name} in ${name}`),
    ),
  }
}
