// `npm run pack:saml [FOLDER]`: makes the package @sallyport/saml as others install it, and its tarball. Node does not
// strip types inside node_modules, so the package holds JavaScript and declarations, which tsc emits.
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

const root = dirname(import.meta.dirname)
const workspace = join(root, 'saml')

/** Writes `folder`/package and `folder`/NAME-VERSION.tgz, and returns the tarball's path. */
export function packSaml(folder: string): string {
  const target = join(folder, 'package')
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  emit(join(target, 'dist'))
  copyFileSync(join(root, 'LICENSE'), join(target, 'LICENSE'))
  copyFileSync(join(workspace, 'README.md'), join(target, 'README.md'))
  cpSync(join(workspace, 'docs'), join(target, 'docs'), { recursive: true })
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`)
  const packed = runNpm(['pack', '--json', '--pack-destination', folder], target)
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
  return join(folder, basename(filename))
}

/** Runs npm without a network, and without the settings that an npm around this process left in the environment. */
export function runNpm(words: readonly string[], cwd: string): string {
  const program = process.env.npm_execpath
  const own = program !== undefined && basename(program) === 'npm-cli.js'
  const [command, first] = own ? [process.execPath, [program]] : ['npm', []]
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))
  const env = { ...Object.fromEntries(inherited), npm_config_offline: 'true', npm_config_update_notifier: 'false' }
  const quiet = ['--loglevel=error', '--no-audit', '--no-fund']
  return execFileSync(command, [...first, ...words, ...quiet], {
    cwd,
    env,
    encoding: 'utf8',
    shell: !own && process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

function emit(dist: string): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '-p', join(workspace, 'tsconfig.build.json'), '--outDir', dist], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  // tsc leaves the names of imported files alone in declarations, and a compiler older than this one does not know them.
  for (const file of globSync('**/*.d.ts', { cwd: dist }).map((name) => join(dist, name))) {
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace(/((?:from|import\() *'\.{1,2}\/[^']*)\.ts'/g, "$1.js'"))
  }
}

function manifest(): Readonly<Record<string, unknown>> {
  const own = JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8'))
  const { name, version, description, license, type, engines } = own
  const exports = Object.fromEntries(
    Object.entries(own.exports as Readonly<Record<string, string>>).map(([entry, source]) => {
      const file = source.replace('./src/', './dist/').replace(/\.ts$/, '')
      return [entry, { types: `${file}.d.ts`, default: `${file}.js` }]
    }),
  )
  const files = ['dist', 'docs']
  return { name, version, description, license, type, engines, sideEffects: false, exports, files }
}

if (import.meta.main) console.log(packSaml(resolve(process.argv[2] ?? join(workspace, 'dist'))))
