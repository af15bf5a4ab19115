import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { administrationRoutes, operations, outerOperations } from '#admin/admin.ts'
import { describeApi } from '#admin/describe-api.ts'
import { environmentExample, environmentList } from '#admin/environments/environments-route.ts'
import { problemCodes, statusOf } from '#admin/problems.ts'
import { scopes } from '#admin/tokens/tokens.ts'

type Described = {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly example?: unknown; readonly schema: unknown }>>
  }
  readonly responses: Readonly<Record<string, { readonly description: string }>>
}
const document = describeApi(operations, outerOperations) as {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}
const all = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, described]) => ({ path, method, described })),
)

test('every route is in the document, and every path of the document is a route', () => {
  const undescribed = ['GET /api/v1/openapi.json']
  const routes = administrationRoutes({} as never)
    .filter(({ path }) => path !== '/api/v1/*')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    .filter((route) => !undescribed.includes(route))
  assert.deepEqual(all.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort(), routes.sort())
})

test('names of operations are unique, path parameters are declared, and references lead somewhere', () => {
  const ids = all.map(({ described }) => described.operationId)
  assert.equal(new Set(ids).size, ids.length)
  for (const { path, described } of all) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const declared = (described.parameters ?? []).filter((one) => one.in === 'path')
    assert.deepEqual(declared.map(({ name }) => name).sort(), inPath.sort(), path)
    assert.ok(declared.every(({ required }) => required))
    const always = 'security' in described ? ['404', '500'] : ['401', '500']
    for (const status of always) assert.ok(described.responses[status], `${path} ${status}`)
    for (const { description } of Object.values(described.responses)) assert.match(description, /\S/)
  }
  for (const [, name = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
    assert.ok(document.components.schemas[name], name)
  }
  assert.doesNotMatch(JSON.stringify(document), /\$defs/)
})

test('every example is one: requests and answers are as their schemas say', () => {
  for (const { id, body, bodyExample, answer, ...rest } of [...operations, ...outerOperations]) {
    if (body !== undefined && !('bodyTypes' in rest && rest.bodyTypes !== undefined)) {
      assert.ok(bodyExample, `${id} has no example of its body`)
      body.parse(bodyExample)
    }
    assert.equal(answer.schema === undefined, answer.example === undefined, `${id} has no example of its answer`)
    if (answer.schema !== undefined) assert.deepEqual(answer.schema.parse(answer.example), answer.example, id)
  }
  environmentList.parse({ items: [environmentExample] })
})

test('every code of a problem is documented with its status, and no other', () => {
  const page = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \| \S.*\|$/gm)].map(([, code, status]) => [
    code,
    Number(status),
  ])
  assert.deepEqual(rows.sort(), problemCodes.map((code) => [code, statusOf(code)]).sort())
})

test('every scope is documented, and no other', () => {
  const page = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([\w-]+:\w+)` \|/gm)].map(([, scope]) => scope)
  assert.deepEqual(rows.sort(), [...scopes].sort())
})
