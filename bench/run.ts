// `npm run bench`: every benchmark, one after the other; what stands behind the command is passed on to each of them.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const benchmarks = ['saml.ts', 'sign-in.ts', 'sessions.ts', 'access.ts', 'tokens.ts', 'environments.ts', 'desktop.ts']

for (const file of benchmarks) {
  process.stdout.write(`\n# ${file}\n\n`)
  const script = join(import.meta.dirname, file)
  const { status } = spawnSync(process.execPath, [script, ...process.argv.slice(2)], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
