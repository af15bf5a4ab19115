import { hash } from 'node:crypto'
import { z } from 'zod'
import {
  changeCompany,
  changeEnvironment,
  contentsOf,
  type EnvironmentContents,
  makeCompany,
  makeEnvironment,
  removeEnvironment,
} from '#admin/environments/environment-changes.ts'
import { text } from '#admin/fields.ts'
import { type Answer, type Call, type Operation, operation } from '#admin/operations.ts'
import { type OuterOperation, outerOperation } from '#admin/outer-operations.ts'
import { ApiProblem, notFoundProblem } from '#admin/problems.ts'
import { demandMatch } from '#admin/serve-operation.ts'
import { type Company, findCompanyById, listCompanies } from '#companies/companies.ts'
import { type Environment, findEnvironmentById, listEnvironments } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import { targetList } from '#companies/targets.ts'
import { strictObject } from '#connections/strict-object.ts'

const name = text(100)
const companyShape = z.object({ id: z.string(), slug: z.string(), name: z.string() }).meta({ id: 'Company' })
const contents = z.object({
  users: z.int(),
  openSessions: z.int(),
  connections: z.int(),
  clients: z.int(),
}) satisfies z.ZodType<EnvironmentContents>

const environmentFields = {
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  targets: z.array(z.string()).describe('Where people may be sent after signing in; the first is the base'),
  url: z.string().describe('The User/Agent URL'),
  company: companyShape,
}
const environmentShape = z.object(environmentFields).meta({ id: 'Environment' })
const environmentWithContents = z
  .object({ ...environmentFields, contents: contents.describe('What belongs to it, and would go with it') })
  .meta({ id: 'EnvironmentWithContents' })

const companyExample = { id: 'comp_k4vq2m7xw3nphz5tb6ay', slug: 'acme', name: 'Acme' }
const environmentExample = {
  id: 'env_k4vq2m7xw3nphz5tb6ay',
  slug: 'production',
  name: 'Production',
  targets: ['https://apps.acme.example/networking/'],
  url: 'https://sso.example/acme/production',
  company: companyExample,
}
const contentsExample = { users: 1200, openSessions: 85, connections: 2, clients: 4 }
const oneExample = { ...environmentExample, contents: contentsExample }

const environmentToMake = strictObject({ slug, name, targets: targetList.optional() })
const companyToMake = strictObject({
  slug,
  name,
  environment: environmentToMake.describe('The first Environment of the Company'),
})

const company = { tag: 'Companies', params: z.object({}) } as const

/** Companies, and the Environments of one. */
export const companyOperations: readonly OuterOperation[] = [
  outerOperation('asker', {
    ...company,
    id: 'listCompanies',
    method: 'GET',
    path: 'companies',
    summary: 'The Companies that whoever asks may see, by slug',
    answer: {
      status: 200,
      schema: z.object({ items: z.array(companyShape) }),
      example: { items: [companyExample] },
    },
    run: async ({ db, asker }) => {
      const all = await listCompanies(db)
      return { body: { items: all.filter(({ id }) => asker.inCompany(id) !== undefined) } }
    },
  }),
  outerOperation('everywhere', {
    ...company,
    id: 'createCompany',
    method: 'POST',
    path: 'companies',
    summary: 'Makes a Company with its first Environment',
    scope: 'company:write',
    body: companyToMake,
    bodyExample: { slug: 'acme', name: 'Acme', environment: { slug: 'production', name: 'Production' } },
    answer: { status: 201, schema: companyShape, example: companyExample },
    problems: ['value-taken'],
    run: async (call) => {
      const made = await makeCompany(call.db, call, call.body as z.output<typeof companyToMake>)
      return { body: made, etag: etagOf(made), location: `companies/${made.id}` }
    },
  }),
  outerOperation('company', {
    ...company,
    id: 'getCompany',
    method: 'GET',
    path: 'companies/:companyId',
    summary: 'One Company',
    scope: 'company:read',
    answer: { status: 200, schema: companyShape, example: companyExample },
    run: async ({ company }) => ({ body: company, etag: etagOf(company) }),
  }),
  outerOperation('company', {
    ...company,
    id: 'changeCompany',
    method: 'PATCH',
    path: 'companies/:companyId',
    summary: 'Renames a Company; its slug never changes',
    scope: 'company:write',
    body: strictObject({ name }),
    bodyExample: { name: 'Acme' },
    answer: { status: 200, schema: companyShape, example: companyExample },
    ifMatch: 'needed',
    run: async (call) => {
      const current = (await findCompanyById(call.db, call.company.id)) ?? call.company
      demandMatch(call.ifMatch, etagOf(current))
      const changed = await changeCompany(call.db, call, current, call.body.name)
      return { body: changed, etag: etagOf(changed) }
    },
  }),
  outerOperation('company', {
    ...company,
    id: 'listEnvironmentsOfCompany',
    method: 'GET',
    path: 'companies/:companyId/environments',
    summary: 'The Environments of a Company, by slug',
    answer: {
      status: 200,
      schema: z.object({ items: z.array(environmentShape) }),
      example: { items: [environmentExample] },
    },
    run: async ({ db, company, reaches, config }) => {
      const all = (await listEnvironments(db, company.id)).filter(({ id }) => reaches(id))
      return { body: { items: all.map((one) => shownEnvironment(one, company, config.publicUrl)) } }
    },
  }),
  outerOperation('company', {
    ...company,
    id: 'createEnvironment',
    method: 'POST',
    path: 'companies/:companyId/environments',
    summary: 'Makes an Environment with the teams and profiles that every one has',
    scope: 'company:write',
    body: environmentToMake,
    bodyExample: { slug: 'production', name: 'Production', targets: environmentExample.targets },
    answer: { status: 201, schema: environmentShape, example: environmentExample },
    problems: ['value-taken', 'environments-full'],
    run: async (call) => {
      const made = await makeEnvironment(call.db, call, call.company, call.body as z.output<typeof environmentToMake>)
      const body = shownEnvironment(made, call.company, call.config.publicUrl)
      return { body, etag: etagOf(made), location: `environments/${made.id}` }
    },
  }),
]

/** One Environment itself. */
export const environmentOperations: readonly Operation[] = [
  operation({
    tag: 'Environments',
    scope: 'company:read',
    id: 'getEnvironment',
    method: 'GET',
    path: '',
    summary: 'One Environment, with what belongs to it',
    answer: { status: 200, schema: environmentWithContents, example: oneExample },
    run: (call) => shownOne(call, call.environment),
  }),
  operation({
    tag: 'Environments',
    scope: 'company:write',
    id: 'changeEnvironment',
    method: 'PATCH',
    path: '',
    summary: 'Changes the name and the targets; the slug never changes',
    body: strictObject({ name: name.optional(), targets: targetList.optional() }),
    bodyExample: { targets: environmentExample.targets },
    answer: { status: 200, schema: environmentWithContents, example: oneExample },
    ifMatch: 'needed',
    run: async (call) => {
      const current = await environmentOfCall(call)
      const { name = current.name, targets = current.targets } = call.body
      return shownOne(call, await changeEnvironment(call.db, call, current, { name, targets }))
    },
  }),
  operation({
    tag: 'Environments',
    scope: 'company:write',
    id: 'deleteEnvironment',
    method: 'DELETE',
    path: '',
    summary: 'Removes an Environment with all that belongs to it; without ?confirm= it tells what that is',
    query: strictObject({ confirm: z.string().max(100).optional().describe('The slug of the Environment') }),
    answer: { status: 204 },
    problems: ['confirm-needed'],
    ifMatch: 'possible',
    run: async (call) => {
      const environment = await environmentOfCall(call)
      const contents = await contentsOf(call.db, environment.id, call.now)
      if (call.query.confirm !== environment.slug) throw confirmNeeded(environment, contents)
      await removeEnvironment(call.db, call, environment, contents)
      return {}
    },
  }),
]

type EnvironmentCall = Call<unknown, unknown, unknown>

/** As it is in this transaction. */
async function environmentOfCall({ db, environment, ifMatch }: EnvironmentCall): Promise<Environment> {
  const place = await findEnvironmentById(db, environment.id)
  if (place === undefined) throw notFoundProblem()
  demandMatch(ifMatch, etagOf(place.environment))
  return place.environment
}

async function shownOne({ db, config, now }: EnvironmentCall, environment: Environment): Promise<Answer> {
  const company = await findCompanyById(db, environment.companyId)
  if (company === undefined) throw notFoundProblem()
  const contents = await contentsOf(db, environment.id, now)
  return {
    body: { ...shownEnvironment(environment, company, config.publicUrl), contents },
    etag: etagOf(environment),
  }
}

function shownEnvironment({ id, slug, name, targets }: Environment, company: Company, publicUrl: string) {
  return { id, slug, name, targets: [...targets], url: `${publicUrl}/${company.slug}/${slug}`, company }
}

function confirmNeeded({ name, slug }: Environment, contents: EnvironmentContents): ApiProblem {
  const { users, openSessions, connections, clients } = contents
  const counted = `${users} users, ${openSessions} open sessions, ${connections} connections and ${clients} clients`
  return new ApiProblem(
    'confirm-needed',
    `Nothing was removed: with “${name}” go ${counted}, and its audit. If that is meant, send ?confirm=${slug}.`,
    { problems: [{ path: 'query.confirm', message: `must be “${slug}”` }] },
  )
}

/** Of what can be changed. */
function etagOf({ id, name, ...rest }: Company | Environment): string {
  const state = JSON.stringify([id, name, 'targets' in rest ? rest.targets : null])
  return `"${hash('sha256', state, 'base64url').slice(0, 22)}"`
}
