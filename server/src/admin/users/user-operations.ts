import { z } from 'zod'
import { readCursor, writeCursor } from '#admin/cursor.ts'
import { idParam, pageOf } from '#admin/fields.ts'
import { type Operation, operation } from '#admin/operations.ts'
import { invalid, notFoundProblem } from '#admin/problems.ts'
import { provenance, provenanceExample, provenanceOf } from '#admin/users/provenance.ts'
import { changeUser, putAccess, removeAccess, removeUser, setActive } from '#admin/users/user-changes.ts'
import { createUser } from '#admin/users/user-creation.ts'
import { accountExample, changeExample, summaryExample, toMakeExample } from '#admin/users/user-examples.ts'
import {
  accessInput,
  account,
  etagOfUser,
  shownAccount,
  shownUser,
  userChange,
  userQuery,
  userSummary,
  userToMake,
} from '#admin/users/user-shapes.ts'
import { findAccount, listUsers } from '#users/accounts.ts'

const params = z.object({ id: idParam })
const accessParams = z.object({ id: idParam, applicationId: idParam })
const answer = { status: 200, schema: account, example: accountExample }
const reading = { tag: 'Users', scope: 'users:read' } as const
const writing = { tag: 'Users', scope: 'users:write' } as const

const readings: readonly Operation[] = [
  operation({
    ...reading,
    id: 'listUsers',
    method: 'GET',
    path: 'users',
    summary: 'Lists users; each page costs the same, however many there are',
    query: userQuery,
    answer: { status: 200, schema: pageOf(userSummary), example: { items: [summaryExample], next: null } },
    run: async ({ db, environment, query }) => {
      const { sort, limit } = query
      const by = sort.replace('-', '') as 'username' | 'createdAt'
      const after = readCursor(sort, query.cursor)
      if (after !== undefined && typeof after.value !== (by === 'createdAt' ? 'number' : 'string')) {
        throw invalid([{ path: 'query.cursor', message: 'is not a cursor that this list gave out' }])
      }
      const found = await listUsers(db, environment.id, {
        username: query['filter[username]'],
        email: query['filter[email]'],
        federatedId: query['filter[federatedId]'],
        userType: query['filter[userType]'],
        teamId: query['filter[teamId]'],
        connectionId: query['filter[connectionId]'],
        active: query['filter[active]'],
        search: query.search,
        sort: by,
        descending: sort.startsWith('-'),
        after,
        limit: limit + 1,
      })
      const items = found.slice(0, limit)
      const last = found.length > limit ? items.at(-1) : undefined
      const value = by === 'username' ? last?.username : last?.createdAt.getTime()
      const next = last === undefined || value === undefined ? null : writeCursor(sort, { value, id: last.id })
      return { body: { items: items.map(shownUser), next } }
    },
  }),
  operation({
    ...reading,
    id: 'getUser',
    method: 'GET',
    path: 'users/:id',
    summary: 'The whole account, with the ETag that a change must name',
    params,
    answer,
    run: async ({ db, environment, params }) => {
      const found = await findAccount(db, environment.id, params.id)
      if (found === undefined) throw notFoundProblem()
      return { body: shownAccount(found), etag: etagOfUser(found.user) }
    },
  }),
  operation({
    ...reading,
    id: 'getUserProvenance',
    method: 'GET',
    path: 'users/:id/provenance',
    summary: 'Where every field, Team, Application and Role of a user comes from',
    params,
    answer: { status: 200, schema: provenance, example: provenanceExample },
    run: async ({ db, environment, params }) => {
      const found = await findAccount(db, environment.id, params.id)
      if (found === undefined) throw notFoundProblem()
      return { body: await provenanceOf(db, environment.id, found) }
    },
  }),
]

const changes: readonly Operation[] = [
  operation({
    ...writing,
    id: 'createUser',
    method: 'POST',
    path: 'users',
    summary: 'Makes a user with everything that they belong to',
    body: userToMake,
    bodyExample: toMakeExample,
    answer: { ...answer, status: 201 },
    problems: ['value-taken', 'key-reused'],
    idempotent: true,
    run: createUser,
  }),
  operation({
    ...writing,
    id: 'changeUser',
    method: 'PATCH',
    path: 'users/:id',
    summary: 'Changes the fields that are given; null empties one, a list replaces the whole list',
    params,
    body: userChange,
    bodyExample: changeExample,
    answer,
    problems: ['value-taken', 'from-identity-provider'],
    ifMatch: 'needed',
    run: changeUser,
  }),
  operation({
    ...writing,
    id: 'deleteUser',
    method: 'DELETE',
    path: 'users/:id',
    summary: 'Removes a user, and ends their sessions',
    params,
    answer: { status: 204 },
    ifMatch: 'possible',
    run: removeUser,
  }),
  operation({
    ...writing,
    id: 'grantApplication',
    method: 'PUT',
    path: 'users/:id/applications/:applicationId',
    summary: 'Gives a user an Application with exactly these Roles',
    params: accessParams,
    body: accessInput,
    bodyExample: { roles: ['Manager'], activeRole: 'Manager' },
    answer,
    ifMatch: 'possible',
    run: putAccess,
  }),
  operation({
    ...writing,
    id: 'withdrawApplication',
    method: 'DELETE',
    path: 'users/:id/applications/:applicationId',
    summary: 'Takes an Application and the Roles in it from a user',
    params: accessParams,
    answer,
    ifMatch: 'possible',
    run: removeAccess,
  }),
  operation({
    ...writing,
    id: 'deactivateUser',
    method: 'POST',
    path: 'users/:id/deactivate',
    summary: 'Bars a user from signing in, and ends their sessions at once',
    params,
    answer,
    ifMatch: 'possible',
    run: (call) => setActive(call, false),
  }),
  operation({
    ...writing,
    id: 'activateUser',
    method: 'POST',
    path: 'users/:id/activate',
    summary: 'Lets a deactivated user sign in again',
    params,
    answer,
    ifMatch: 'possible',
    run: (call) => setActive(call, true),
  }),
]

export const userOperations: readonly Operation[] = [...readings, ...changes]
