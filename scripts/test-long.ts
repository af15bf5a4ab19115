// `npm run test:long`: the tests of saml/differential with all that they have time for: a million mutants, thousands of
// documents against libxml2 and xmlsec1, and mistakes planted into the core; and the pages of the portal on PostgreSQL, too.
// It takes the better part of an hour, and needs Chromium, xmllint, xmlsec1 and the schemas of SAML (Debian:
// libxml2-utils, xmlsec1, opensaml-schemas, xmltooling-schemas).
// `npm run test:long -- fuzz` runs the files whose name contains `fuzz`; SALLYPORT_SEED=7 tries other documents.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { dirname } from 'node:path'
import { buildPages } from './build-pages.ts'
import { ensureChromium } from './chromium.ts'
import { onStop } from './stop-signals.ts'

const root = dirname(import.meta.dirname)
const filters = process.argv.slice(2).filter((word) => !word.startsWith('-'))
const options = process.argv.slice(2).filter((word) => word.startsWith('-'))

const files = globSync(['saml/differential/*.test.ts', 'server/flows/portal*.test.ts'], { cwd: root })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => filters.length === 0 || filters.some((part) => path.includes(part)))
  .sort()
if (files.length === 0) {
  console.error(`None of the files has ${filters.join(' or ')} in its name.`)
  process.exit(1)
}

// One file after the other: each uses all processors by itself. The counts are what the tests report beside their verdict.
const runner = [
  '--test',
  '--test-reporter=spec',
  '--test-concurrency=1',
  '--test-global-setup=scripts/test-setup.ts',
  '--import=./scripts/test-limit.ts',
  ...options,
]
const chromium = ensureChromium()
await buildPages()
const child = spawn(process.execPath, [...runner, ...files], {
  cwd: root,
  env: {
    ...process.env,
    ...(chromium ? { SALLYPORT_CHROMIUM: chromium } : {}),
    SALLYPORT_LONG: '1',
    SALLYPORT_REQUIRE_PEERS: '1',
    SALLYPORT_TEST_FILE_MINUTES: '90',
  },
  stdio: 'inherit',
})
onStop((signal) => {
  if (signal !== 'SIGINT') child.kill('SIGTERM')
})
const [code] = await once(child, 'close')
process.exitCode = code ?? 1
