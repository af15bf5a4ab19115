import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { Administrator } from '#administrators/administrators.ts'
import { countAttempt } from '#administrators/attempts.ts'
import { insertChallenge, takeChallenge, tryChallenge } from '#administrators/challenges.ts'
import type { AdministratorContext } from '#administrators/context.ts'
import { refuse } from '#administrators/refusals.ts'
import { type Id, newId } from '#config/world.ts'
import type { AdministratorPasskeyRow } from '#storage/administrator-tables.ts'
import type { Handle } from '#storage/database.ts'

/** What a device keeps that signs its owner in: the table has the public half alone. */
export type Passkey = {
  readonly id: Id<'pass'>
  readonly administratorId: Id<'admin'>
  readonly name: string
  readonly createdAt: Date
  readonly lastUsedAt: Date | undefined
}

const AT_MOST = 20

type Ctx = AdministratorContext & { readonly publicUrl: string }

/** The oldest first. */
export async function listPasskeys(db: Handle, administratorId: Id<'admin'>): Promise<readonly Passkey[]> {
  return (await rowsOf(db, administratorId)).map(passkeyOf)
}

/** False where the administrator has no such passkey. */
export async function deletePasskey(db: Handle, administratorId: Id<'admin'>, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('administrator_passkeys')
    .where('administrator_id', '=', administratorId)
    .where('id', '=', id as Id<'pass'>)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** What the browser asks a device for, to make a passkey that knows its owner and wants to see them. */
export async function newPasskeyOptions({ db, world, publicUrl }: Ctx, { id, email, name }: Administrator) {
  const times = { chance: world.chance, now: world.clock() }
  const challenge = await insertChallenge(db.write, { purpose: 'passkey-new', administratorId: id }, times)
  return generateRegistrationOptions({
    rpName: 'Sallyport',
    rpID: rpIdOf(publicUrl),
    userID: new Uint8Array(Buffer.from(id)),
    userName: email,
    userDisplayName: name,
    challenge: bytesOf(challenge),
    attestationType: 'none',
    excludeCredentials: (await rowsOf(db.read, id)).map((row) => ({ id: row.credential_id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/** @throws AdministratorRefused where the answer is not one to our options */
export async function addPasskey(
  ctx: Ctx,
  { id: administratorId }: Administrator,
  { name, response }: { readonly name: string; readonly response: RegistrationResponseJSON },
): Promise<Passkey> {
  const { db, world, publicUrl } = ctx
  const now = world.clock()
  if ((await rowsOf(db.read, administratorId)).length >= AT_MOST) refuse('passkeys-full')
  const { registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: async (challenge) => {
      const tried = await tryChallenge(db.write, 'passkey-new', challenge, { most: 1, now })
      return tried?.administratorId === administratorId && takeChallenge(db.write, challenge)
    },
    expectedOrigin: publicUrl,
    expectedRPID: rpIdOf(publicUrl),
    requireUserVerification: true,
  }).catch(() => ({ registrationInfo: undefined }))
  const { credential } = registrationInfo ?? refuse('passkey-refused')
  const row: AdministratorPasskeyRow = {
    id: newId(world.chance, 'pass'),
    administrator_id: administratorId,
    credential_id: credential.id,
    public_key: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: JSON.stringify(credential.transports ?? []),
    name,
    created_at: now.getTime(),
    last_used_at: null,
  }
  const { numInsertedOrUpdatedRows = 0n } = await db.write
    .insertInto('administrator_passkeys')
    .values(row)
    .onConflict((conflict) => conflict.column('credential_id').doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows === 0n) refuse('passkey-refused')
  return passkeyOf(row)
}

/** For whoever it is: the passkey says who. */
export async function passkeySignInOptions({ db, world, publicUrl }: Ctx, address: string) {
  if (!(await countAttempt(db.write, 'passkey from', address, world.clock()))) refuse('too-many-attempts')
  const times = { chance: world.chance, now: world.clock() }
  const challenge = await insertChallenge(db.write, { purpose: 'passkey-sign-in' }, times)
  const options = await generateAuthenticationOptions({
    rpID: rpIdOf(publicUrl),
    challenge: bytesOf(challenge),
    userVerification: 'required',
  })
  return { challenge, options }
}

/** Passkeys belong to the host (WebAuthn section 5.1.2): browsers want a name there, and no address. */
export function rpIdOf(publicUrl: string): string {
  return new URL(publicUrl).hostname
}

async function rowsOf(db: Handle, administratorId: Id<'admin'>): Promise<readonly AdministratorPasskeyRow[]> {
  return db
    .selectFrom('administrator_passkeys')
    .selectAll()
    .where('administrator_id', '=', administratorId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

function bytesOf(challenge: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(challenge, 'base64url'))
}

function passkeyOf(row: AdministratorPasskeyRow): Passkey {
  return Object.freeze({
    id: row.id,
    administratorId: row.administrator_id,
    name: row.name,
    createdAt: new Date(row.created_at),
    lastUsedAt: row.last_used_at === null ? undefined : new Date(row.last_used_at),
  })
}
