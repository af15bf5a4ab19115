// `npm run build:pages`: the administration portal and the agent desktop as static files in their `dist`, which the server
// serves. Built only when a source has changed since; `npm start` and the tests that open them ask as well. The files are
// made beside the old ones and take their place at once, so that nobody meets half a page.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, globSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const root = dirname(import.meta.dirname)
const workspaces = ['admin', 'desktop'] as const
const stampIn = (folder: string) => join(folder, '.sources')

/** Says whether there was anything to do. Throws an Error with what Vite said where they cannot be built. */
export async function buildPages(): Promise<boolean> {
  let built = false
  for (const name of workspaces) built = (await buildWorkspace(join(root, name))) || built
  return built
}

async function buildWorkspace(workspace: string): Promise<boolean> {
  const dist = join(workspace, 'dist')
  const sources = hashOfSources(workspace)
  if (existsSync(stampIn(dist)) && readFileSync(stampIn(dist), 'utf8') === sources) return false
  const made = mkdtempSync(join(workspace, 'dist-'))
  try {
    await runVite(workspace, made)
    chmodSync(made, 0o755) // made for this user alone; the server may run as another
    compressFiles(made)
    writeFileSync(stampIn(made), sources)
    replaceBy(dist, made)
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
  return true
}

// Everything that decides what the files say; which libraries there are, the lock file knows. Types say nothing there.
function hashOfSources(workspace: string): string {
  const all = globSync('{src/**/*.{ts,tsx,css},*.{html,json,ts}}', { cwd: workspace }).sort()
  const files = all.filter((file) => !file.endsWith('described.ts'))
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(workspace, file)))
  return hash.digest('hex')
}

// Another process may have put its own there in the meantime: then this one was for nothing, and theirs is as good.
function replaceBy(dist: string, made: string): void {
  const old = mkdtempSync(`${dist}-`)
  try {
    if (existsSync(dist)) renameSync(dist, join(old, 'dist'))
    renameSync(made, dist)
  } catch (error) {
    if (!existsSync(stampIn(dist))) throw error
  } finally {
    rmSync(old, { recursive: true, force: true })
  }
}

// Compressed once, and better than a server would do it with every request.
function compressFiles(folder: string): void {
  for (const name of globSync('{assets,desktop}/*.{js,css}', { cwd: folder })) {
    const body = readFileSync(join(folder, name))
    writeFileSync(join(folder, `${name}.gz`), gzipSync(body, { level: 9 }))
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(body, { params }))
  }
}

function runVite(workspace: string, folder: string): Promise<void> {
  const program = join(root, 'node_modules/vite/bin/vite.js')
  const words = [
    'build',
    workspace,
    '--config',
    join(workspace, 'vite.config.ts'),
    '--outDir',
    folder,
    '--logLevel',
    'warn',
  ]
  const child = spawn(process.execPath, [program, ...words, '--emptyOutDir'], {
    cwd: workspace,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(output.trim() || `ended with ${code}`))))
  })
}

if (import.meta.main) {
  const start = performance.now()
  const built = await buildPages()
  console.log(built ? `Built the pages (${Math.round(performance.now() - start)} ms)` : 'The pages are up to date')
}
