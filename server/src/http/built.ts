// Pages that were built to static files: the portal and the desktop.

import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** What the build writes where the nonce goes; vite.config.ts of both workspaces names it. */
export const NONCE = 'NONCE_OF_THIS_ANSWER'

export type BuiltFile = {
  readonly type: string
  readonly body: Buffer
  readonly br: Buffer | undefined
  readonly gzip: Buffer | undefined
}

export type Built = {
  /** The one page. */
  readonly index: string
  /** Scripts and stylesheets, by name. */
  readonly assets: ReadonlyMap<string, BuiltFile>
}

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/**
 * All files of the folder, read at once: a few megabytes. Undefined where nothing was built.
 *
 * @param folder ends with a slash
 * @param within the folder in it that has the scripts and stylesheets
 */
export function readBuilt(folder: URL, within: string): Built | undefined {
  const index = new URL('index.html', folder)
  if (!existsSync(index)) return undefined
  const read = (name: string): Buffer | undefined => {
    const file = new URL(`${within}/${name}`, folder)
    return existsSync(file) ? readFileSync(file) : undefined
  }
  const assets = new Map<string, BuiltFile>()
  for (const name of globSync('*', { cwd: fileURLToPath(new URL(`${within}/`, folder)) })) {
    const type = types[name.split('.').at(-1) ?? '']
    const body = type === undefined ? undefined : read(name)
    if (type === undefined || body === undefined) continue
    assets.set(name, { type, body, br: read(`${name}.br`), gzip: read(`${name}.gz`) })
  }
  return { index: readFileSync(index, 'utf8'), assets }
}

/** The name of a file changes with what is in it, so whoever has it need not ask again. */
export function sendAsset(request: FastifyRequest, reply: FastifyReply, file: BuiltFile): FastifyReply {
  const accepted = String(request.headers['accept-encoding'] ?? '')
  const coding = (['br', 'gzip'] as const).find((one) => file[one] !== undefined && takes(accepted, one))
  if (coding !== undefined) reply.header('content-encoding', coding)
  return reply
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('vary', 'accept-encoding')
    .type(file.type)
    .send(coding === undefined ? file.body : file[coding])
}

/** RFC 9110 section 12.5.3: named, and not with the weight nought. */
function takes(accepted: string, coding: string): boolean {
  return accepted.split(',').some((one) => {
    const [name = '', ...weights] = one.split(';').map((part) => part.trim().toLowerCase())
    return name === coding && !weights.some((weight) => /^q=0(\.0*)?$/.test(weight))
  })
}
