import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { CertificateError, parseCertificates } from '@sallyport/saml'
import { type Expectations, explainMessage } from '#explain/explain-message.ts'
import { findMessages } from '#explain/find-messages.ts'
import { messageData, messageReport } from '#explain/message-report.ts'
import { DecryptionKeyError, rememberKeys } from '#explain/remembered-keys.ts'

type Output = {
  readonly now: Date
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  /** What `-` stands for. */
  readonly input?: () => Promise<Uint8Array>
}

type Arguments = {
  readonly positionals: readonly string[]
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
}

export const explainOptions = {
  certificate: { type: 'string', multiple: true },
  'decryption-key': { type: 'string', multiple: true },
  issuer: { type: 'string' },
  audience: { type: 'string' },
  acs: { type: 'string' },
  'in-response-to': { type: 'string' },
  now: { type: 'string' },
  skew: { type: 'string' },
  'allow-sha1': { type: 'boolean' },
  'allow-cbc': { type: 'boolean' },
  json: { type: 'boolean' },
  redact: { type: 'boolean' },
} as const

/** What was asked for cannot be done: told in a sentence. */
class CallError extends Error {}

const LARGEST = 64 * 1024 * 1024

/**
 * `saml explain FILE`: explains every message in the file. Exit code 0: nothing is wrong with what was checked; 1: a check
 * failed; 2: there is nothing to explain, or the call is wrong.
 */
export async function explainCommand({ positionals, values }: Arguments, output: Output): Promise<number> {
  try {
    const [file, second] = positionals
    if (file === undefined || second !== undefined)
      throw new CallError('saml explain needs one FILE, or - for standard input')
    const expectations = await readExpectations(values, output.now)
    const messages = findMessages(await readInput(file, output), file === '-' ? 'the input' : basename(file))
    if (messages.length === 0) throw new CallError(`There is no SAML message in ${file === '-' ? 'the input' : file}.`)
    const explained = messages.map((message) => explainMessage(message, expectations))
    const options = { redact: values.redact === true }
    if (values.json === true)
      output.out(
        JSON.stringify(
          explained.map((one) => messageData(one, options)),
          null,
          2,
        ),
      )
    else output.out(explained.map((one) => messageReport(one, options)).join('\n\n\n'))
    return explained.some(({ checks }) => checks.some(({ outcome }) => outcome === 'failed')) ? 1 : 0
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    output.err(error.message)
    return 2
  }
}

async function readExpectations(values: Arguments['values'], now: Date): Promise<Expectations> {
  const keys = rememberKeys()
  const text = (name: string): string | undefined => (typeof values[name] === 'string' ? values[name] : undefined)
  const [issuer, audience, acs, inResponseTo] = ['issuer', 'audience', 'acs', 'in-response-to'].map(text)
  const certificates = await fromFiles(values.certificate, parseCertificates)
  const decryptionKeys = await fromFiles(values['decryption-key'], (bytes) => [keys.decryptionKey(`${bytes}`)])
  return {
    now: readTime(text('now')) ?? now,
    certificates,
    decryptionKeys,
    clockSkewSeconds: readSkew(text('skew')),
    allowSha1: values['allow-sha1'] === true,
    allowCbc: values['allow-cbc'] === true,
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
    ...(acs === undefined ? {} : { acs }),
    ...(inResponseTo === undefined ? {} : { inResponseTo }),
  }
}

async function fromFiles<Value>(
  files: Arguments['values'][string],
  read: (bytes: Buffer) => readonly Value[],
): Promise<readonly Value[]> {
  const found: Value[] = []
  for (const file of Array.isArray(files) ? (files as readonly string[]) : []) {
    const bytes = await contentOf(file)
    try {
      found.push(...read(bytes))
    } catch (error) {
      if (!(error instanceof CertificateError || error instanceof DecryptionKeyError)) throw error
      throw new CallError(`${file}: ${error.message}`)
    }
  }
  return found
}

function readTime(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const time = new Date(text)
  if (/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(time.getTime())) return time
  throw new CallError(`--now needs a time like 2026-03-01T12:00:00Z, not ${text}`)
}

function readSkew(text: string | undefined): number {
  if (text === undefined) return 60
  if (/^\d{1,3}$/.test(text)) return Number(text)
  throw new CallError(`--skew needs a number of seconds, like 60, not ${text}`)
}

async function readInput(file: string, { input = standardInput }: Output): Promise<Uint8Array> {
  return file === '-' ? input() : contentOf(file)
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file)
    if (size > LARGEST) throw new CallError(`${file} is larger than 64 MiB.`)
    return await readFile(file)
  } catch (error) {
    if (error instanceof CallError || (error as NodeJS.ErrnoException).code === undefined) throw error
    throw new CallError(`${file} cannot be read: ${(error as Error).message}`)
  }
}

async function standardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of createReadStream('', { fd: 0, autoClose: false })) chunks.push(chunk)
  return Buffer.concat(chunks)
}
