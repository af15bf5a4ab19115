import type { Compilable, CompiledQuery } from 'kysely'
import { type Handle, isPostgres } from '#storage/database.ts'

/**
 * A query whose text is made once for each kind of database: for what nearly every request asks, where building a query takes longer
 * than answering it. `make` puts placeholders (`hole`) where values go; they are given by name at each call.
 */
export function prepared<Row, Values extends Readonly<Record<string, string | number | null>>>(
  make: (db: Handle) => Compilable<Row>,
): (db: Handle, values: Values) => Promise<readonly Row[]> {
  const statements = new Map<boolean, CompiledQuery<Row>>()
  return async (db, values) => {
    const kind = isPostgres(db)
    const statement = statements.get(kind) ?? make(db).compile()
    statements.set(kind, statement)
    const parameters = statement.parameters.map((value) => {
      const name = typeof value === 'string' && value.startsWith(MARK) ? value.slice(MARK.length) : undefined
      return name === undefined ? value : values[name]
    })
    return (await db.executeQuery<Row>({ ...statement, parameters })).rows
  }
}

/** No value begins so: no database would take it. */
const MARK = '\0'

/** In the place of a value. Its type is whatever the column wants. */
export function hole(name: string): never {
  return `${MARK}${name}` as never
}
