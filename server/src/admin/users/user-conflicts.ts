import { ApiProblem, type FieldProblem } from '#admin/problems.ts'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import { findUser, findUserByEmail, type User } from '#users/users.ts'

type Names = {
  readonly username?: string | undefined
  readonly federatedId?: string | null | undefined
  readonly email?: string | null | undefined
}

/** Which of the names belong to somebody else than `self`. */
export async function takenNames(
  db: Handle,
  environmentId: Id<'env'>,
  { username, federatedId, email }: Names,
  self?: Id<'user'>,
): Promise<readonly FieldProblem[]> {
  const owners: readonly (readonly [path: string, value: string, owner: User | undefined])[] = [
    ...(username === undefined
      ? []
      : [['username', username, await findUser(db, environmentId, { kind: 'username', value: username })] as const]),
    ...(typeof federatedId !== 'string'
      ? []
      : [
          [
            'federatedId',
            federatedId,
            await findUser(db, environmentId, { kind: 'federated-id', value: federatedId }),
          ] as const,
        ]),
    ...(typeof email !== 'string' ? [] : [['email', email, await findUserByEmail(db, environmentId, email)] as const]),
  ]
  return owners.flatMap(([path, value, owner]) =>
    owner === undefined || owner.id === self
      ? []
      : [{ path, message: `“${value}” belongs to ${owner.username} already` }],
  )
}

export function nameTaken(problems: readonly FieldProblem[]): ApiProblem {
  const [first] = problems
  const what = first === undefined ? 'A name belongs to somebody else' : `${first.path}: ${first.message}`
  return new ApiProblem('value-taken', `${what}. Use another one, or change the user who has it.`, { problems })
}

const fromProvider = { username: 'Username', firstName: 'First Name', lastName: 'Last Name', email: 'Email' } as const

/** What the identity provider says of a person, nobody else says: the next sign-in would undo it. */
export function refuseIdentity(
  user: User,
  input: { readonly [K in keyof typeof fromProvider]?: string | null | undefined },
): void {
  if (user.createdThrough !== 'sso') return
  const fields = (Object.keys(fromProvider) as (keyof typeof fromProvider)[]).filter(
    (field) => input[field] !== undefined && (input[field] ?? undefined) !== user[field],
  )
  if (fields.length === 0) return
  const names = fields.map((field) => fromProvider[field]).join(', ')
  throw new ApiProblem(
    'from-identity-provider',
    `This user comes from the identity provider, which alone decides ${names}. Change it there; it follows at the next sign-in.`,
    { problems: fields.map((path) => ({ path, message: 'comes from the identity provider' })) },
  )
}
