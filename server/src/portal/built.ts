import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export type BuiltFile = {
  readonly type: string
  readonly body: Buffer
  readonly br: Buffer | undefined
  readonly gzip: Buffer | undefined
}

export type Built = {
  /** The one page of the portal. */
  readonly index: string
  /** Scripts and stylesheets, by name. */
  readonly assets: ReadonlyMap<string, BuiltFile>
}

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/** All files of the folder, read at once: a few megabytes. Undefined where nothing was built. */
export function readBuilt(folder: URL): Built | undefined {
  const index = new URL('index.html', folder)
  if (!existsSync(index)) return undefined
  const read = (name: string): Buffer | undefined => {
    const file = new URL(`assets/${name}`, folder)
    return existsSync(file) ? readFileSync(file) : undefined
  }
  const assets = new Map<string, BuiltFile>()
  for (const name of globSync('*', { cwd: fileURLToPath(new URL('assets/', folder)) })) {
    const type = types[name.split('.').at(-1) ?? '']
    const body = type === undefined ? undefined : read(name)
    if (type === undefined || body === undefined) continue
    assets.set(name, { type, body, br: read(`${name}.br`), gzip: read(`${name}.gz`) })
  }
  return { index: readFileSync(index, 'utf8'), assets }
}
