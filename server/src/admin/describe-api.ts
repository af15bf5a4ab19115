// The API as an OpenAPI 3.1 document, made of the schemas that judge requests and answers.

import { z } from 'zod'
import { environmentExample, environmentList } from '#admin/environments/environments-route.ts'
import type { Operation } from '#admin/operations.ts'
import type { CallerKind, OuterOperation } from '#admin/outer-operations.ts'
import { type ProblemCode, problem, statusOf, titleOf } from '#admin/problems.ts'
import { pathOf } from '#admin/serve-operation.ts'
import { API } from '#admin/serve-outer-operation.ts'

type Json = { readonly [key: string]: unknown }

const usual: readonly ProblemCode[] = [
  'invalid-input',
  'token-missing',
  'token-unknown',
  'token-expired',
  'token-revoked',
  'scope-missing',
  'not-found',
  'too-many-failures',
  'not-signed-in',
  'csrf-token-wrong',
  'foreign-page',
  'fault',
]
const ofBodies: readonly ProblemCode[] = ['body-unreadable', 'body-too-large', 'body-type']

export function describeApi(operations: readonly Operation[], outer: readonly OuterOperation[]): Json {
  const components: Record<string, unknown> = {}
  const schemaOf = (schema: z.ZodType): Json => hoisted(schema, components)
  const paths: Record<string, Record<string, unknown>> = {
    '/api/v1/environments': { get: listEnvironments(schemaOf) },
  }
  for (const operation of operations) {
    const path = pathOf(operation).replaceAll(/:(\w+)/g, '{$1}')
    const needs = `Needs the scope ${operation.scope}.`
    const found = described({ ...operation, usual, of: 'environment', needs }, schemaOf)
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: found }
  }
  for (const operation of outer) {
    const path = `${API}/${operation.path.replaceAll(/:(\w+)/g, '{$1}')}`
    const found = described({ ...operation, usual: usualOf(operation), needs: needsOf(operation) }, schemaOf)
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: found }
  }
  schemaOf(problem)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sallyport administration API',
      version: '1',
      description: 'Users and what they belong to, for programs with an administration token.',
    },
    security: [{ token: [] }, { cookie: [] }],
    tags: [...new Set(['Environments', ...[...operations, ...outer].map(({ tag }) => tag)])].map((name) => ({ name })),
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token that “sallyport token create” made.' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: 'sallyport_admin',
          description: 'The session of an administrator; what changes something sends X-CSRF-Token as well.',
        },
      },
    },
  }
}

/** What both kinds of operations tell of themselves. */
type Told = Omit<Operation, 'scope' | 'run'> & {
  readonly of: 'environment' | CallerKind
  readonly needs: string
  readonly usual: readonly ProblemCode[]
}

const ofAll: readonly ProblemCode[] = ['invalid-input', 'not-found', 'fault']
const ofCookies: readonly ProblemCode[] = ['not-signed-in', 'csrf-token-wrong', 'foreign-page']

function usualOf({ of }: OuterOperation): readonly ProblemCode[] {
  if (of === 'anybody') return ofAll
  return of === 'administrator' ? [...ofAll, ...ofCookies] : usual
}

function needsOf({ of, scope }: OuterOperation): string {
  if (of === 'anybody') return 'Nobody need be signed in.'
  if (of === 'administrator') return 'For the administrator who is signed in to the portal.'
  if (of === 'asker') return 'Answers with what whoever asks may see.'
  const where = of === 'company' ? 'for all of the Company' : 'for all Companies'
  return `Needs ${scope === undefined ? 'a role or a token' : `the scope ${scope}`}, ${where}.`
}

function described(operation: Told, schemaOf: (schema: z.ZodType) => Json): Json {
  const { id, tag, summary, of, needs, body, answer } = operation
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: needs,
    ...(of === 'anybody' ? { security: [] } : {}),
    parameters: parametersOf(operation, schemaOf),
    ...(body === undefined ? {} : { requestBody: requestBody(operation, body, schemaOf) }),
    responses: { [answer.status]: success(operation, schemaOf), ...failures(operation) },
  }
}

function requestBody({ bodyExample, bodyTypes }: Told, body: z.ZodType, schemaOf: (schema: z.ZodType) => Json): Json {
  if (bodyTypes !== undefined) {
    const content = Object.entries(bodyTypes).map(([type, example]) => [type, { schema: { type: 'string' }, example }])
    return { required: true, content: Object.fromEntries(content) }
  }
  return { required: true, content: { 'application/json': { schema: schemaOf(body), example: bodyExample } } }
}

function success({ answer, idempotent, ifMatch, method }: Told, schemaOf: (schema: z.ZodType) => Json): Json {
  const { schema, example, events } = answer
  const tagged = schema !== undefined && (idempotent === true || ifMatch !== undefined)
  const etag = { ETag: { description: 'Names this state, for If-Match', schema: { type: 'string' } } }
  return {
    description: method === 'DELETE' && schema === undefined ? 'It is gone.' : 'Done.',
    ...(tagged ? { headers: etag } : {}),
    ...(events === undefined
      ? {}
      : { content: { 'text/event-stream': { schema: { type: 'string' }, example: events } } }),
    ...(schema === undefined ? {} : { content: { 'application/json': { schema: schemaOf(schema), example } } }),
  }
}

function failures({
  body,
  problems = [],
  ifMatch,
  usual,
}: Pick<Told, 'body' | 'problems' | 'ifMatch' | 'usual'>): Json {
  const codes: readonly ProblemCode[] = [
    ...usual,
    ...(body === undefined ? [] : ofBodies),
    ...(ifMatch === undefined ? [] : (['changed-meanwhile'] as const)),
    ...(ifMatch === 'needed' ? (['if-match-needed'] as const) : []),
    ...problems,
  ]
  const byStatus = Map.groupBy(new Set(codes), statusOf)
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  const responses = [...byStatus].map(([status, of]) => {
    const description = of.map((code) => `${code}: ${titleOf(code)}`).join('. ')
    return [status, { description, content }]
  })
  return Object.fromEntries(responses)
}

function parametersOf(operation: Told, schemaOf: (schema: z.ZodType) => Json): readonly Json[] {
  const environment = { name: 'environmentId', in: 'path', required: true, schema: { type: 'string' } }
  const company = { ...environment, name: 'companyId' }
  const header = (name: string, required: boolean, description: string) => {
    return { name, in: 'header', required, description, schema: { type: 'string' } }
  }
  return [
    ...(operation.of === 'environment' ? [{ ...environment, example: environmentExample.id }] : []),
    ...(operation.of === 'company' ? [{ ...company, example: environmentExample.company.id }] : []),
    ...fieldsOf(operation.params, 'path', schemaOf),
    ...fieldsOf(operation.query, 'query', schemaOf),
    ...(operation.ifMatch === undefined
      ? []
      : [header('If-Match', operation.ifMatch === 'needed', 'The ETag of the state that is to be changed, or *')]),
    ...(operation.idempotent
      ? [
          header(
            'Idempotency-Key',
            false,
            'The same key and body within 24 hours: the same answer, and nothing is done twice',
          ),
        ]
      : []),
  ]
}

function fieldsOf(
  schema: z.ZodType | undefined,
  place: 'path' | 'query',
  schemaOf: (schema: z.ZodType) => Json,
): readonly Json[] {
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>).map(([name, field]) => {
    const { description, ...rest } = schemaOf(field)
    const told = description === undefined ? {} : { description }
    return { name, in: place, required: place === 'path', ...told, schema: rest }
  })
}

function listEnvironments(schemaOf: (schema: z.ZodType) => Json): Json {
  const content = {
    'application/json': { schema: schemaOf(environmentList), example: { items: [environmentExample] } },
  }
  const { 400: _, 403: __, 404: ___, ...rest } = failures({ usual })
  return {
    operationId: 'listEnvironments',
    tags: ['Environments'],
    summary: 'The Environments that the token may see',
    responses: { 200: { description: 'Done.', content }, ...rest },
  }
}

/** The JSON Schema; what has a name of its own goes to the components. */
function hoisted(schema: z.ZodType, components: Record<string, unknown>): Json {
  const written = z.toJSONSchema(schema, {
    // Answers, too: nobody is to refuse one for a field that is added later.
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
      // An id that cannot be one is read as none: our way of finding nothing, and no default.
      if (jsonSchema.default === '') delete jsonSchema.default
    },
  })
  const { $schema: _, $defs = {}, ...rest } = moved(written) as Json & { readonly $defs?: Json }
  Object.assign(components, $defs)
  return rest
}

function moved(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('#/$defs/', '#/components/schemas/'))
}
