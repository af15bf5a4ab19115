// Who administers a Company, and how they may come in.

import { z } from 'zod'
import { change, invite, listAll, note, remove } from '#admin/administrators/administrator-changes.ts'
import {
  administratorExample,
  administratorShape,
  changeBody,
  inviteBody,
  invited,
  invitedExample,
} from '#admin/administrators/administrator-shapes.ts'
import { changesBetween } from '#admin/audit/audit.ts'
import { idParam } from '#admin/fields.ts'
import { type OuterOperation, outerOperation } from '#admin/outer-operations.ts'
import { invalid } from '#admin/problems.ts'
import { linkUrl } from '#administrators/first-run.ts'
import { findAdministratorSignIn, saveAdministratorSignIn } from '#administrators/single-sign-on.ts'
import type { Company } from '#companies/companies.ts'
import { findEnvironmentById } from '#companies/environments.ts'
import type { Id } from '#config/world.ts'
import { findConnection } from '#connections/connections.ts'
import { strictObject } from '#connections/strict-object.ts'
import type { Mailer } from '#mail/mail.ts'
import type { Handle } from '#storage/database.ts'

const tag = 'Administrators'
const base = 'companies/:companyId/administrators'
const idParams = z.object({ administratorId: idParam })
const signIn = strictObject({ environmentId: idParam, connectionId: idParam }).nullable()
const signInExample = { environmentId: 'env_k4vq2m7xw3nphz5tb6ay', connectionId: 'conn_k4vq2m7xw3nphz5tb6ay' }
const signInShown = z
  .object({ environmentId: z.string(), connectionId: z.string(), url: z.string().describe('Where they begin') })
  .nullable()

export const administratorOperations: readonly OuterOperation[] = [
  outerOperation('company', {
    id: 'listAdministrators',
    method: 'GET',
    path: base,
    tag,
    summary: 'Who administers the Company, and who was invited to',
    scope: 'company:read',
    answer: {
      status: 200,
      schema: z.object({ items: z.array(administratorShape) }),
      example: { items: [administratorExample, invitedExample.administrator] },
    },
    run: async ({ db, company, now }) => ({ body: { items: await listAll(db, company, now) } }),
  }),
  outerOperation('company', {
    id: 'inviteAdministrator',
    method: 'POST',
    path: base,
    tag,
    summary: 'Invites somebody by mail, with a link that is also in the answer',
    scope: 'company:write',
    body: inviteBody,
    bodyExample: { email: 'grace@acme.example', role: 'support', environments: ['env_k4vq2m7xw3nphz5tb6ay'] },
    answer: { status: 201, schema: invited, example: invitedExample },
    problems: ['email-taken'],
    ownTransactions: true,
    run: async (call) => {
      const { token, shown } = await call.database.transaction((tx) => invite({ ...call, db: tx }, call.body))
      const link = linkUrl(call.config.publicUrl, token)
      await mailInvitation(call.mailer, call.company, { to: call.body.email, link })
      return { body: { administrator: shown, link } }
    },
  }),
  outerOperation('company', {
    id: 'changeAdministrator',
    method: 'PATCH',
    path: `${base}/:administratorId`,
    tag,
    summary: 'Changes the role of an administrator, or which Environments they see',
    scope: 'company:write',
    params: idParams,
    body: changeBody,
    bodyExample: { role: 'auditor', environments: null },
    answer: { status: 200, schema: administratorShape, example: administratorExample },
    problems: ['last-owner'],
    run: async (call) => ({ body: await change(call, call.params.administratorId as Id<'admin'>, call.body) }),
  }),
  outerOperation('company', {
    id: 'removeAdministrator',
    method: 'DELETE',
    path: `${base}/:administratorId`,
    tag,
    summary: 'Lets somebody administer the Company no more, or takes an invitation back',
    scope: 'company:write',
    params: idParams,
    answer: { status: 204 },
    problems: ['last-owner'],
    run: async (call) => {
      await remove(call, call.params.administratorId)
      return {}
    },
  }),
  outerOperation('company', {
    id: 'readAdministratorSignIn',
    method: 'GET',
    path: 'companies/:companyId/administrator-sign-in',
    tag,
    summary: 'The connection through which the Company’s administrators may come in; null where there is none',
    scope: 'company:read',
    answer: {
      status: 200,
      schema: signInShown,
      example: { ...signInExample, url: 'https://sso.example/admin/sso/acme' },
    },
    run: async ({ db, company, config }) => ({ body: await shownSignIn(db, company, config.publicUrl) }),
  }),
  outerOperation('company', {
    id: 'changeAdministratorSignIn',
    method: 'PUT',
    path: 'companies/:companyId/administrator-sign-in',
    tag,
    summary: 'Lets the Company’s administrators come in through a connection of its own, or, with null, not any more',
    scope: 'company:write',
    body: signIn,
    bodyExample: signInExample,
    answer: {
      status: 200,
      schema: signInShown,
      example: { ...signInExample, url: 'https://sso.example/admin/sso/acme' },
    },
    run: async (call) => {
      const { db, company, body, now, config } = call
      const wanted = body === null ? undefined : await ownConnection(db, company, body)
      const former = await findAdministratorSignIn(db, company.id)
      await saveAdministratorSignIn(db, company.id, wanted, now)
      const changes = changesBetween({ ...former }, { ...wanted })
      await note(call, 'company.administrator-sign-in-changed', { id: company.id, name: company.name }, changes)
      return { body: await shownSignIn(db, company, config.publicUrl) }
    },
  }),
]

async function shownSignIn(db: Handle, { id, slug }: Company, publicUrl: string) {
  const found = await findAdministratorSignIn(db, id)
  return found === undefined ? null : { ...found, url: `${publicUrl}/admin/sso/${slug}` }
}

/** @throws ApiProblem where it is none of the Company's */
async function ownConnection(
  db: Handle,
  { id }: Company,
  named: { readonly environmentId: string; readonly connectionId: string },
) {
  const environmentId = named.environmentId as Id<'env'>
  const connectionId = named.connectionId as Id<'conn'>
  const place = await findEnvironmentById(db, environmentId)
  if (place?.company.id !== id)
    throw invalid([{ path: 'environmentId', message: 'is not an Environment of this Company' }])
  if ((await findConnection(db, environmentId, connectionId)) === undefined)
    throw invalid([{ path: 'connectionId', message: 'is not a connection of this Environment' }])
  return { environmentId, connectionId }
}

async function mailInvitation(
  mailer: Mailer,
  { name }: Company,
  { to, link }: { readonly to: string; readonly link: string },
): Promise<void> {
  const text = `You are invited to administer ${name} in Sallyport.\n\nOpen this link within seven days; it is good once:\n\n${link}\n`
  // Whoever invites has the link as well, and can hand it over where no mail goes out.
  await mailer.send({ to, subject: `Administer ${name} in Sallyport`, text }).catch(() => {})
}
