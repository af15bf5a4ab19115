/**
 * Starts the sandbox (no command), or prints its identity provider's metadata (`metadata`). The one place of this
 * workspace that reads the clock, randomness and the environment:
 *
 *   SANDBOX_PORT          3001
 *   SANDBOX_PUBLIC_URL    http://localhost:{port}, where browsers reach it
 *   SALLYPORT_PUBLIC_URL  http://localhost:3000, where browsers reach Sallyport
 *   SANDBOX_DATA          ./data/sandbox, where its key is kept
 */
import { randomBytes } from 'node:crypto'
import { keyIn } from './key-files.ts'
import { createSandbox, identityProviderMetadata } from './sandbox.ts'

const world = { clock: () => new Date(), chance: { bytes: (size: number) => new Uint8Array(randomBytes(size)) } }

const [command = 'serve', ...rest] = process.argv.slice(2)
if (!['serve', 'metadata'].includes(command) || rest.length > 0)
  complain(`unknown command: ${process.argv.slice(2).join(' ')}`)

const port = readPort(process.env.SANDBOX_PORT ?? '3001')
const publicUrl = readUrl('SANDBOX_PUBLIC_URL', `http://localhost:${port}`)
const sallyportUrl = readUrl('SALLYPORT_PUBLIC_URL', 'http://localhost:3000')
const { key, certificatePem } = await keyIn(process.env.SANDBOX_DATA ?? './data/sandbox', world)

if (command === 'metadata') {
  process.stdout.write(`${identityProviderMetadata({ publicUrl, certificatePem })}\n`)
} else {
  const sandbox = createSandbox({ ...world, publicUrl, sallyportUrl, key, certificatePem })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => sandbox.close())
  await sandbox.listen({ port, host: '127.0.0.1' })
  process.stdout.write(`Sandbox: ${publicUrl}\n`)
}

function readPort(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0 && number < 65536) return number
  return complain(`SANDBOX_PORT must be a port number, not ${text}`)
}

function readUrl(name: string, fallback: string): string {
  const text = process.env[name] ?? fallback
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol)) return url.href.replace(/\/$/, '')
  return complain(`${name} must be an http or https address, not ${text}`)
}

function complain(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(2)
}
