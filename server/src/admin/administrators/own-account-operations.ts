// The account of the administrator who is signed in: name, password, codes, passkeys, sessions.

import { z } from 'zod'
import { challengeExample, meExample, passkeyShape, password } from '#admin/administrators/me-shapes.ts'
import { demandWholeSession, noteOwnChange } from '#admin/administrators/own-account.ts'
import {
  creationOptions,
  creationResponse,
  optionsExample,
  responseExample,
} from '#admin/administrators/passkey-shapes.ts'
import { idParam, text, time } from '#admin/fields.ts'
import { type OuterOperation, outerOperation } from '#admin/outer-operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import { endAdminSession, listAdminSessions } from '#administrators/admin-sessions.ts'
import { changeAdministrator } from '#administrators/administrators.ts'
import { beginTotp, confirmTotp } from '#administrators/codes.ts'
import { changePassword, removeTotp } from '#administrators/own-account.ts'
import { addPasskey, deletePasskey, newPasskeyOptions } from '#administrators/passkeys.ts'
import { strictObject } from '#connections/strict-object.ts'
import { deviceInWords } from '#sessions/device-words.ts'

const tag = 'Own account'
const mine = ['session-of-company'] as const
const idParams = z.object({ id: idParam })
const [passkeyExample] = meExample.administrator.passkeys

const session = z.object({
  id: z.string(),
  current: z.boolean().describe('The one that asks'),
  through: z.enum(['password', 'code', 'passkey', 'link', 'single-sign-on']),
  openedAt: time,
  lastSeenAt: time,
  expiresAt: time,
  address: z.string().nullable(),
  device: z.string().describe('As a person would name it'),
})
const sessionExample = {
  id: 'asess_k4vq2m7xw3nphz5tb6ay',
  current: true,
  through: 'passkey' as const,
  openedAt: '2026-03-01T12:00:00.000Z',
  lastSeenAt: '2026-03-01T12:20:00.000Z',
  expiresAt: '2026-03-02T00:00:00.000Z',
  address: '192.0.2.1',
  device: 'Firefox on Windows',
}

export const ownAccountOperations: readonly OuterOperation[] = [
  outerOperation('administrator', {
    id: 'changeMe',
    method: 'PUT',
    path: 'me',
    tag,
    summary: 'Changes the name of the administrator who is signed in',
    body: strictObject({ name: text(200) }),
    bodyExample: { name: 'Grace Okafor' },
    answer: { status: 204 },
    problems: mine,
    run: async (call) => {
      const { administrator } = demandWholeSession(call.signedIn)
      await changeAdministrator(call.db, administrator.id, call.body, call.now)
      await noteOwnChange(call, 'administrator.changed', { name: { from: administrator.name, to: call.body.name } })
      return {}
    },
  }),
  outerOperation('administrator', {
    id: 'changeMyPassword',
    method: 'PUT',
    path: 'me/password',
    tag,
    summary: 'Sets another password, and ends the other sessions',
    body: strictObject({ current: password, next: password }),
    bodyExample: { current: 'several words together', next: 'another few words' },
    answer: { status: 204 },
    problems: [...mine, 'password-wrong', 'password-short', 'password-long', 'password-obvious', 'too-many-attempts'],
    ownTransactions: true,
    run: async (call) => {
      await changePassword({ ...call, db: call.database }, demandWholeSession(call.signedIn), call.body)
      await noteOwnChange({ ...call, db: call.database.write }, 'administrator.password-changed')
      return {}
    },
  }),
  outerOperation('administrator', {
    id: 'beginTotp',
    method: 'POST',
    path: 'me/totp',
    tag,
    summary: 'Makes a secret for an authenticator app; codes are asked for once the first was typed',
    answer: {
      status: 200,
      schema: z.object({ secret: z.string(), otpauthUrl: z.string().describe('For a QR code') }),
      example: {
        secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
        otpauthUrl: 'otpauth://totp/sso.example:grace%40acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      },
    },
    problems: [...mine, 'totp-there-already'],
    run: async ({ db, world, secret, config, signedIn }) => {
      const { administrator } = demandWholeSession(signedIn)
      return { body: await beginTotp(db, administrator, { world, secret, issuer: new URL(config.publicUrl).host }) }
    },
  }),
  outerOperation('administrator', {
    id: 'confirmTotp',
    method: 'PUT',
    path: 'me/totp',
    tag,
    summary: 'Lets codes be asked for from now on, and gives recovery codes, which are shown this once',
    body: strictObject({ code: z.string().max(100, 'is too long') }),
    bodyExample: { code: '287082' },
    answer: {
      status: 200,
      schema: z.object({ recoveryCodes: z.array(z.string()) }),
      example: { recoveryCodes: ['k4vq-2m7x-w3np-hz5t'] },
    },
    problems: [...mine, 'code-wrong', 'totp-not-begun', 'totp-there-already', 'too-many-attempts'],
    ownTransactions: true,
    run: async (call) => {
      const { administrator } = demandWholeSession(call.signedIn)
      const recoveryCodes = await confirmTotp({ ...call, db: call.database }, administrator, call.body.code)
      await noteOwnChange({ ...call, db: call.database.write }, 'administrator.codes-set-up')
      return { body: { recoveryCodes: [...recoveryCodes] } }
    },
  }),
  outerOperation('administrator', {
    id: 'removeTotp',
    method: 'DELETE',
    path: 'me/totp',
    tag,
    summary: 'Lets no codes be asked for any more',
    body: strictObject({ password }),
    bodyExample: { password: 'several words together' },
    answer: { status: 204 },
    problems: [...mine, 'password-wrong', 'too-many-attempts'],
    ownTransactions: true,
    run: async (call) => {
      await removeTotp({ ...call, db: call.database }, demandWholeSession(call.signedIn), call.body.password)
      await noteOwnChange({ ...call, db: call.database.write }, 'administrator.codes-removed')
      return {}
    },
  }),
  outerOperation('administrator', {
    id: 'newPasskeyOptions',
    method: 'POST',
    path: 'me/passkeys/options',
    tag,
    summary: 'What the browser needs to make a passkey',
    answer: { status: 200, schema: creationOptions, example: { challenge: challengeExample, options: optionsExample } },
    problems: mine,
    ownTransactions: true,
    run: async ({ database, world, secret, config, signedIn }) => {
      const ctx = { db: database, world, secret, publicUrl: config.publicUrl }
      const options = await newPasskeyOptions(ctx, demandWholeSession(signedIn).administrator)
      return { body: { challenge: options.challenge, options } }
    },
  }),
  outerOperation('administrator', {
    id: 'addPasskey',
    method: 'POST',
    path: 'me/passkeys',
    tag,
    summary: 'Keeps the passkey that the browser made',
    body: strictObject({ name: text(100), response: creationResponse }),
    bodyExample: { name: 'Laptop', response: responseExample },
    answer: { status: 201, schema: passkeyShape, example: passkeyExample },
    problems: [...mine, 'passkey-refused', 'passkeys-full'],
    ownTransactions: true,
    run: async (call) => {
      const { administrator } = demandWholeSession(call.signedIn)
      const ctx = { db: call.database, world: call.world, secret: call.secret, publicUrl: call.config.publicUrl }
      const { id, name, createdAt } = await addPasskey(ctx, administrator, call.body as never)
      await noteOwnChange({ ...call, db: call.database.write }, 'administrator.passkey-added', {
        passkey: { from: null, to: name },
      })
      return { body: { id, name, createdAt: createdAt.toISOString(), lastUsedAt: null } }
    },
  }),
  outerOperation('administrator', {
    id: 'removePasskey',
    method: 'DELETE',
    path: 'me/passkeys/:id',
    tag,
    summary: 'Forgets a passkey',
    params: idParams,
    answer: { status: 204 },
    problems: mine,
    run: async (call) => {
      const { administrator } = demandWholeSession(call.signedIn)
      if (!(await deletePasskey(call.db, administrator.id, call.params.id))) throw notFoundProblem()
      await noteOwnChange(call, 'administrator.passkey-removed')
      return {}
    },
  }),
  outerOperation('administrator', {
    id: 'listMySessions',
    method: 'GET',
    path: 'me/sessions',
    tag,
    summary: 'Where the administrator is signed in to the portal, the newest first',
    answer: { status: 200, schema: z.object({ items: z.array(session) }), example: { items: [sessionExample] } },
    problems: mine,
    run: async ({ db, now, signedIn }) => {
      const { administrator, session: own } = demandWholeSession(signedIn)
      const items = (await listAdminSessions(db, administrator.id, now)).map((one) => ({
        id: one.id,
        current: one.id === own.id,
        through: one.through,
        openedAt: one.openedAt.toISOString(),
        lastSeenAt: one.lastSeenAt.toISOString(),
        expiresAt: one.expiresAt.toISOString(),
        address: one.address ?? null,
        device: deviceInWords(one.userAgent),
      }))
      return { body: { items } }
    },
  }),
  outerOperation('administrator', {
    id: 'endMySession',
    method: 'DELETE',
    path: 'me/sessions/:id',
    tag,
    summary: 'Ends one of them',
    params: idParams,
    answer: { status: 204 },
    problems: mine,
    run: async ({ db, params, signedIn }) => {
      const { administrator, session: own } = demandWholeSession(signedIn)
      if (!(await endAdminSession(db, administrator.id, params.id))) throw notFoundProblem()
      return params.id === own.id ? { cookie: 'none' } : {}
    },
  }),
]
