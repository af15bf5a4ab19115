// The comparison with what is not JavaScript: libxmlsec1 from a C program of ours and the JDK from a Java program of ours.
// Both are started in between the rounds. Where a compiler or a library is missing, a line says so and that is all.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Corpus, Kind } from './corpus.ts'
import type { Recorder } from './rounds.ts'

export const libxmlsec1 = 'libxmlsec1 from C'
export const jdk = 'JDK xmldsig'

export type Native = {
  readonly name: string
  readonly version: string
  /** Checks every kind many times in a process of its own, as part of `round`. */
  readonly run: (round: number, recorder: Recorder) => Promise<void>
}
export type Natives = {
  readonly found: readonly Native[]
  /** What is not here, a line each. */
  readonly missing: readonly string[]
  readonly close: () => void
}

type Program = { readonly name: string; readonly version: string; readonly command: readonly [string, ...string[]] }
type Answer = { readonly accepted: boolean; readonly p50?: number; readonly p95?: number }

const peers = join(import.meta.dirname, 'peers')

export async function startNatives(corpus: Corpus): Promise<Natives> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  const close = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const programs = [buildC(folder), findJava()]
    const found: Native[] = []
    for (const program of programs) if (typeof program !== 'string') found.push(await enter(program, corpus, folder))
    return { found, missing: programs.filter((program) => typeof program === 'string'), close }
  } catch (error) {
    close()
    throw error
  }
}

function buildC(folder: string): Program | string {
  const library = 'xmlsec1-openssl'
  const [version, flags] = ['--modversion', '--cflags --libs'].map((what) =>
    output('pkg-config', ...what.split(' '), library),
  )
  if (version === undefined || flags === undefined) return `${libxmlsec1}: not measured, pkg-config finds no ${library}`
  const binary = join(folder, 'xmlsec1')
  const built = spawnSync('cc', ['-O2', '-o', binary, join(peers, 'xmlsec1.c'), ...flags.split(/\s+/)], {
    encoding: 'utf8',
  })
  if (built.error !== undefined) return `${libxmlsec1}: not measured, there is no C compiler`
  if (built.status !== 0)
    return `${libxmlsec1}: not measured, its program does not compile: ${built.stderr.split('\n')[0]}`
  return { name: libxmlsec1, version: `libxmlsec1 ${version}`, command: [binary] }
}

function findJava(): Program | string {
  const version = output('java', '--version')?.split('\n')[0]
  if (version === undefined || output('javac', '--version') === undefined)
    return `${jdk}: not measured, there is no JDK`
  return { name: jdk, version, command: ['java', join(peers, 'XmlDsig.java')] }
}

function output(program: string, ...options: string[]): string | undefined {
  const { status, stdout } = spawnSync(program, options, { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

// Neither program decrypts.
async function enter(program: Program, corpus: Corpus, folder: string): Promise<Native> {
  const messages = corpus.messages.filter(({ kind }) => kind !== 'd')
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const certificate = write('certificate.pem', corpus.signer.certificatePem)
  const sound = messages.map(({ kind, xml }) => write(`${kind}.xml`, xml))
  const changed = messages.map(({ kind, changedXml }) => write(`${kind}-changed.xml`, changedXml))
  const start = (warmUps: number, count: number, files: readonly string[]): Promise<Answer[]> =>
    run([...program.command, certificate, String(warmUps), String(count), ...files])

  const first = await start(0, 1, [...sound, ...changed])
  const right =
    first.length === sound.length * 2 && first.every(({ accepted }, index) => accepted === index < sound.length)
  if (!right)
    throw new Error(`${program.name} accepts what was changed or refuses what is sound: ${JSON.stringify(first)}`)
  return {
    name: program.name,
    version: program.version,
    run: async (round, recorder) => {
      const answers = await start(program.name === jdk ? 1500 : 100, 400, sound)
      answers.forEach(({ p50, p95 }, index) => {
        const kind = messages[index]?.kind as Kind
        if (p50 === undefined || p95 === undefined) throw new Error(`${program.name} refuses kind ${kind}`)
        recorder.add(program.name, kind, round, { p50: p50 / 1000, p95: p95 / 1000 })
      })
    },
  }
}

function run([program = '', ...options]: readonly string[]): Promise<Answer[]> {
  const child = spawn(program, options, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code !== 0) reject(new Error(`${program} ended with ${code}`))
      else
        resolve(
          text
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as Answer),
        )
    })
  })
}
