// `npm run check`: everything that can be said about the code without running it. One line a step, then all problems of
// the steps that failed. `npm test` runs the same steps before the tests.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { writeAdminTypes } from './admin-types.ts'
import { checkArchitecture, readTree } from './architecture.ts'

type Step = { readonly name: string; readonly find: () => Promise<string> }

const root = dirname(import.meta.dirname)

// `find` returns the problems as text, the empty string when there are none. Warnings count: nobody reads them twice.
const steps: readonly Step[] = [
  {
    name: 'format and lint',
    find: () =>
      outputOnFailure('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=none', '.'),
  },
  { name: 'types', find: () => outputOnFailure('typescript/bin/tsc', '-p', 'tsconfig.json') },
  // Apart, because the libraries that the benchmark compares with bring the browser's types along.
  { name: 'types of the benchmark', find: () => outputOnFailure('typescript/bin/tsc', '-p', 'bench/tsconfig.json') },
  // Apart, because it runs in browsers. What the API answers is taken from the API itself.
  {
    name: 'types of the portal',
    find: async () => {
      await writeAdminTypes()
      return outputOnFailure('typescript/bin/tsc', '-p', 'admin/tsconfig.json')
    },
  },
  // Apart, because it runs in browsers, too.
  {
    name: 'types of the desktop',
    find: () => outputOnFailure('typescript/bin/tsc', '-p', 'desktop/tsconfig.json'),
  },
  { name: 'architecture', find: async () => checkArchitecture(readTree(root)).join('\n') },
]

/** Runs all steps at once, prints how they went, and says whether all is well. */
export async function check(): Promise<boolean> {
  const results = await Promise.all(
    steps.map(async ({ name, find }) => {
      const start = performance.now()
      const problems = await find()
      console.log(`${problems === '' ? '✔' : '✖'} ${name} (${Math.round(performance.now() - start)} ms)`)
      return { name, problems }
    }),
  )
  const failed = results.filter(({ problems }) => problems !== '')
  for (const { name, problems } of failed) console.error(`\n${name}:\n${problems}`)
  return failed.length === 0
}

// Through the Node that runs this, by the program's file: works on every system, and whatever the path says.
function outputOnFailure(program: string, ...options: string[]): Promise<string> {
  const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}
  const child = spawn(process.execPath, [join(root, 'node_modules', program), ...options], {
    cwd: root,
    env: { ...process.env, ...colour },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code === 0 ? '' : output.trim() || `ended with ${code}`))
  })
}

if (import.meta.main) process.exitCode = (await check()) ? 0 : 1
