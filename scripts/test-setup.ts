// Around a whole test run (`node --test --test-global-setup=…`): one PostgreSQL server for every test file. Test files
// inherit the environment, where SALLYPORT_TEST_POSTGRES_URL names the server (its superuser, database `postgres`); a
// file that wants a database of its own makes one there. A file that is run alone finds no such variable: it then tests
// on SQLite, and skips PostgreSQL by name.
import { makeTemplates, type Templates } from '../server/src/storage/test-templates.ts'
import { startPostgres, type TestPostgres } from './postgres.ts'

let postgres: TestPostgres | undefined
let templates: Templates | undefined

export async function globalSetup(): Promise<void> {
  await providePostgres()
  templates = await makeTemplates(process.env.SALLYPORT_TEST_POSTGRES_URL)
  Object.assign(process.env, templates.variables)
}

async function providePostgres(): Promise<void> {
  if (process.env.SALLYPORT_TEST_POSTGRES_URL) return // a server that somebody provides
  try {
    postgres = await startPostgres()
    process.env.SALLYPORT_TEST_POSTGRES_URL = postgres.url
  } catch (error) {
    // There are systems without ready-made programs. Where everything is required, nothing is skipped quietly.
    if (process.env.SALLYPORT_REQUIRE_PEERS) throw error
    console.error('PostgreSQL could not be started here, so the tests on it are skipped:', error)
  }
}

/** Node's test runner also calls this when it is interrupted (SIGINT, SIGTERM). */
export async function globalTeardown(): Promise<void> {
  await templates?.remove()
  await postgres?.stop()
}
