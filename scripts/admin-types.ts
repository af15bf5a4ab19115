// The types of the API's answers for the portal, made of the API's own description (the document that
// /api/v1/openapi.json serves). Written to admin/src/api/described.ts, which Git does not keep; `npm run check` makes
// them anew, so that a change of the API that the portal does not follow does not compile.
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const admin = join(dirname(import.meta.dirname), 'admin')

export async function writeAdminTypes(): Promise<void> {
  const [{ describeApi }, { operations, outerOperations }] = await Promise.all([
    import('../server/src/admin/describe-api.ts'),
    import('../server/src/admin/admin.ts'),
  ])
  // Installed for that workspace alone, with the older compiler that it is made for: run as a program.
  const installed = createRequire(join(admin, 'package.json')).resolve('openapi-typescript')
  const program = join(dirname(installed), '../bin/cli.js')
  const file = join(admin, 'src/api/described.ts')
  const input = JSON.stringify(describeApi(operations, outerOperations))
  execFileSync(process.execPath, [program, '--output', file], { input, cwd: admin, stdio: 'pipe' })
}

if (import.meta.main) await writeAdminTypes()
