import { z } from 'zod'
import { type AuditEntry, type AuditPage, auditedChanges, listAuditEntries } from '#admin/audit/audit.ts'
import { listCompanyAuditEntries } from '#admin/audit/company-audit.ts'
import { readCursor, writeCursor } from '#admin/cursor.ts'
import { cursorText, limit, pageOf, time } from '#admin/fields.ts'
import { type Operation, operation } from '#admin/operations.ts'
import { type OuterOperation, outerOperation } from '#admin/outer-operations.ts'
import { invalid } from '#admin/problems.ts'
import { summaryExample } from '#admin/users/user-examples.ts'
import { strictObject } from '#connections/strict-object.ts'
import { source } from '#users/source.ts'

const entry = z
  .object({
    id: z.string(),
    at: time,
    actor: source.describe('Who did it'),
    action: z.string().describe('What was done, such as user.deactivated'),
    subject: z.object({ id: z.string(), name: z.string().describe('Its name at that time') }),
    changes: auditedChanges,
  })
  .meta({ id: 'AuditEntry' })

const example = {
  id: 'audit_k4vq2m7xw3nphz5tb6ay',
  at: '2026-03-01T12:00:00.000Z',
  actor: { by: 'api', tokenId: 'tok_k4vq2m7xw3nphz5tb6ay' },
  action: 'user.changed',
  subject: { id: summaryExample.id, name: summaryExample.username },
  changes: { email: { from: 'ada@acme.example', to: 'ada.lindqvist@acme.example' } },
}

const companyExample = {
  ...example,
  actor: { by: 'administrator' as const, administratorId: 'admin_k4vq2m7xw3nphz5tb6ay', name: 'grace@acme.example' },
  action: 'administrator.invited',
  subject: { id: 'inv_k4vq2m7xw3nphz5tb6ay', name: 'bo@acme.example' },
  changes: { role: { from: null, to: 'support' } },
}

const SORT = '-at'

/** Any id of ours, and those of clients, which may look like anything. */
export const subjectIdParam = z
  .string()
  .regex(/^[A-Za-z0-9._~-]{1,128}$/)
  .catch('')

export const auditOperations: readonly Operation[] = [
  operation({
    id: 'listAudit',
    method: 'GET',
    path: 'audit',
    tag: 'Audit',
    summary: 'What was changed, by whom and when, the newest first',
    scope: 'users:read',
    query: strictObject({ limit, cursor: cursorText, 'filter[subjectId]': subjectIdParam.optional() }),
    answer: { status: 200, schema: pageOf(entry), example: { items: [example], next: null } },
    run: async ({ db, environment, query }) => {
      const subjectId = query['filter[subjectId]']
      return {
        body: await pageOfEntries(query, (page) => listAuditEntries(db, environment.id, { subjectId, ...page })),
      }
    },
  }),
]

export const companyAuditOperations: readonly OuterOperation[] = [
  outerOperation('company', {
    id: 'listCompanyAudit',
    method: 'GET',
    path: 'companies/:companyId/audit',
    tag: 'Audit',
    summary: 'What was changed of the Company itself: its administrators, its Environments; the newest first',
    scope: 'company:read',
    query: z.object({ limit, cursor: cursorText }),
    answer: { status: 200, schema: pageOf(entry), example: { items: [companyExample], next: null } },
    run: async ({ db, company, query }) => {
      return { body: await pageOfEntries(query, (page) => listCompanyAuditEntries(db, company.id, page)) }
    },
  }),
]

type Page = Omit<AuditPage, 'subjectId'>

/** @throws ApiProblem where the cursor is of another list */
async function pageOfEntries(
  query: { readonly limit: number; readonly cursor?: string | undefined },
  list: (page: Page) => Promise<readonly AuditEntry[]>,
) {
  const after = readCursor(SORT, query.cursor)
  if (typeof after?.value === 'string')
    throw invalid([{ path: 'query.cursor', message: 'is not a cursor of this list' }])
  const before = after && { at: Number(after.value), id: after.id }
  const found = await list({ before, limit: query.limit + 1 })
  const items = found.slice(0, query.limit)
  const last = found.length > query.limit ? items.at(-1) : undefined
  const next = last === undefined ? null : writeCursor(SORT, { value: last.at.getTime(), id: last.id })
  const shown = items.map(({ subjectId, subjectName, at, ...rest }) => {
    return { ...rest, at: at.toISOString(), subject: { id: subjectId, name: subjectName } }
  })
  return { items: shown, next }
}
