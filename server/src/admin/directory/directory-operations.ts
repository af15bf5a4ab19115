import { z } from 'zod'
import { readCursor, writeCursor } from '#admin/cursor.ts'
import { changeEntry, createEntry, removeEntry } from '#admin/directory/directory-changes.ts'
import { etagOf, type Kind, kinds, shapesOf, shown } from '#admin/directory/directory-shapes.ts'
import { idParam, pageOf } from '#admin/fields.ts'
import { type Operation, operation } from '#admin/operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import { findEntry, listEntries } from '#users/directory-pages.ts'

const params = z.object({ id: idParam })

/** Teams, Access Profiles, Applications and Roles: the same five operations for each. */
export const directoryOperations: readonly Operation[] = kinds.flatMap((one) => {
  const shapes = shapesOf(one)
  return [...readings(one, shapes), ...changes(one, shapes)]
})

type Shapes = ReturnType<typeof shapesOf>

function readings({ kind, path, one, many, noun }: Kind, { entry, entryExample, query }: Shapes): readonly Operation[] {
  return [
    operation({
      id: `list${many}`,
      method: 'GET',
      path,
      tag: many,
      summary: `Lists every ${noun}, by name`,
      scope: 'directory:read',
      query,
      answer: { status: 200, schema: pageOf(entry), example: { items: [entryExample], next: null } },
      run: async ({ db, environment, query }) => {
        const after = readCursor(query.sort, query.cursor)
        const found = await listEntries(db, environment.id, {
          kind,
          name: query['filter[name]'],
          contains: query['filter[name][contains]'],
          applicationId: query['filter[applicationId]'],
          descending: query.sort === '-name',
          after: after && { name: String(after.value), id: after.id },
          limit: query.limit + 1,
        })
        const items = found.slice(0, query.limit)
        const last = found.length > query.limit ? items.at(-1) : undefined
        const next = last === undefined ? null : writeCursor(query.sort, { value: last.name, id: last.id })
        return { body: { items: items.map(shown), next } }
      },
    }),
    operation({
      id: `get${one}`,
      method: 'GET',
      path: `${path}/:id`,
      tag: many,
      summary: `One ${noun}, with the ETag that a change must name`,
      scope: 'directory:read',
      params,
      answer: { status: 200, schema: entry, example: entryExample },
      run: async ({ db, environment, params }) => {
        const found = await findEntry(db, environment.id, { kind, id: params.id })
        if (found === undefined) throw notFoundProblem()
        return { body: shown(found), etag: etagOf(found) }
      },
    }),
  ]
}

function changes({ kind, path, one, many, noun, example }: Kind, shapes: Shapes): readonly Operation[] {
  const { entry, entryExample, input, inputExample, change } = shapes
  const name = `${example.name} EMEA`
  return [
    operation({
      id: `create${one}`,
      method: 'POST',
      path,
      tag: many,
      summary: `Makes a ${noun}`,
      scope: 'directory:write',
      body: input,
      bodyExample: inputExample,
      answer: { status: 201, schema: entry, example: entryExample },
      problems: ['value-taken', 'key-reused'],
      idempotent: true,
      run: (call) => createEntry(call, kind, call.body),
    }),
    operation({
      id: kind === 'access-profile' ? `change${one}` : `rename${one}`,
      method: 'PATCH',
      path: `${path}/:id`,
      tag: many,
      summary: kind === 'access-profile' ? 'Renames an Access Profile, or changes its permission' : `Renames a ${noun}`,
      scope: 'directory:write',
      params,
      body: change,
      bodyExample: { name },
      answer: { status: 200, schema: entry, example: { ...entryExample, name } },
      problems: ['value-taken', 'standard-entry', 'in-use'],
      ifMatch: 'needed',
      run: (call) => changeEntry(call, kind, call.params.id, call.body),
    }),
    operation({
      id: `delete${one}`,
      method: 'DELETE',
      path: `${path}/:id`,
      tag: many,
      summary: `Removes a ${noun} that nobody has`,
      scope: 'directory:write',
      params,
      answer: { status: 204 },
      problems: ['standard-entry', 'in-use'],
      ifMatch: 'possible',
      run: (call) => removeEntry(call, kind, call.params.id),
    }),
  ]
}
