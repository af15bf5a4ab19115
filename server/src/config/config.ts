/**
 * The configuration of the process: one pure function from the environment variables to a frozen record.
 *
 * Owns the names, defaults and meaning of the variables. Must not know who uses them, and reads no file, no clock and
 * no `process.env`: main.ts hands the environment in. Every problem is told at once.
 */

import { BlockList, isIP } from 'node:net'
import { nearest } from '#config/nearest.ts'
import { Secret } from '#config/secret.ts'

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export type Config = {
  /** Origin under which browsers reach the service, without a slash at the end. */
  readonly publicUrl: string
  readonly host: string
  readonly port: number
  readonly databaseUrl: Secret
  /** Absent only with SQLite: `secretFor` then keeps one in a file beside the database. */
  readonly secret: Secret | undefined
  /** Addresses, CIDR ranges or the words `loopback`, `linklocal`, `uniquelocal`, as Fastify's trustProxy takes them. */
  readonly trustedProxies: readonly string[]
  readonly smtpUrl: Secret | undefined
  readonly logLevel: LogLevel
  /** `host` or `host:port`, in lower case: outgoing requests may reach these although they are private. */
  readonly allowPrivateHosts: readonly string[]
  /** Things that are probably mistakes but stop nothing; for the log. */
  readonly notices: readonly string[]
}

export type ConfigProblem = { readonly variable: string; readonly message: string }

export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ variable, message }) => `  ${variable}: ${message}`)
    super(`The configuration cannot be used:\n${lines.join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

export const configVariables = [
  'SALLYPORT_PUBLIC_URL',
  'SALLYPORT_HOST',
  'SALLYPORT_PORT',
  'SALLYPORT_DATABASE_URL',
  'SALLYPORT_SECRET',
  'SALLYPORT_TRUSTED_PROXIES',
  'SALLYPORT_SMTP_URL',
  'SALLYPORT_LOG_LEVEL',
  'SALLYPORT_ALLOW_PRIVATE_HOSTS',
] as const
export type ConfigVariable = (typeof configVariables)[number]

const MINIMUM_SECRET_LENGTH = 32

/** Takes what a reader found wrong and lets reading go on, so that one run tells everything. */
type Refuse = (variable: ConfigVariable, message: string) => void

/** @throws ConfigError with every problem of the environment */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: ConfigProblem[] = []
  const refuse: Refuse = (variable, message) => problems.push({ variable, message })
  // An empty variable counts as absent: that is what `${NAME:-}` in a compose file gives.
  const read = (variable: ConfigVariable): string | undefined => env[variable]?.trim() || undefined

  const publicUrl = readPublicUrl(read('SALLYPORT_PUBLIC_URL') ?? 'http://localhost:3000', refuse)
  const databaseUrl = readDatabaseUrl(read('SALLYPORT_DATABASE_URL') ?? 'sqlite:./data/sallyport.db', refuse)
  const config: Config = {
    publicUrl: publicUrl?.origin ?? '',
    host: readHost(read('SALLYPORT_HOST') ?? '127.0.0.1', refuse),
    port: readPort(read('SALLYPORT_PORT') ?? defaultPort(publicUrl), refuse),
    databaseUrl: new Secret(databaseUrl),
    secret: readSecret(read('SALLYPORT_SECRET'), databaseUrl, refuse),
    trustedProxies: Object.freeze(readTrustedProxies(list(read('SALLYPORT_TRUSTED_PROXIES')), refuse)),
    smtpUrl: readSmtpUrl(read('SALLYPORT_SMTP_URL'), refuse),
    logLevel: readLogLevel(read('SALLYPORT_LOG_LEVEL') ?? 'info', refuse),
    allowPrivateHosts: Object.freeze(readHosts(list(read('SALLYPORT_ALLOW_PRIVATE_HOSTS')), refuse)),
    notices: Object.freeze(misspelled(env)),
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return Object.freeze(config)
}

/** Names that never leave this machine, where plain http cannot be overheard (RFC 6761 section 6.3). */
export function isLocalHost(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname) || /^([\w-]+\.)+localhost$/.test(hostname)
}

function readPublicUrl(text: string, refuse: Refuse): URL | undefined {
  const wrong = (message: string): undefined => refuse('SALLYPORT_PUBLIC_URL', message) as undefined
  if (!URL.canParse(text)) return wrong(`“${text}” is not a URL; give one like https://sso.example.com`)
  const url = new URL(text)
  if (url.username || url.password) return wrong('must not contain a user name or password')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return wrong(`must begin with https:// (or http:// on this machine), not ${url.protocol}`)
  }
  if (url.pathname !== '/' || url.search || url.hash) {
    return wrong(`must end after the host and port, like ${url.origin}: Sallyport answers at the root of its own host`)
  }
  if (url.protocol === 'http:' && !isLocalHost(url.hostname)) {
    return wrong(`plain http would carry session cookies over the network in the clear: use https://${url.host}`)
  }
  return url
}

/** On this machine the port of the public URL is the port to listen on; elsewhere a proxy stands in between. */
function defaultPort(publicUrl: URL | undefined): string {
  return publicUrl?.protocol === 'http:' ? publicUrl.port || '80' : '3000'
}

function readHost(text: string, refuse: Refuse): string {
  const bare = text.replace(/^\[(.*)\]$/, '$1')
  if (isIP(bare) === 0 && bare !== 'localhost') {
    refuse(
      'SALLYPORT_HOST',
      `“${text}” is not an IP address; 127.0.0.1 listens on this machine only, 0.0.0.0 everywhere`,
    )
  }
  return bare
}

function readPort(text: string, refuse: Refuse): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port >= 0 && port <= 65_535) return port
  // Kubernetes sets SALLYPORT_PORT=tcp://… for a Service named `sallyport`.
  const cure = text.startsWith('tcp://') ? '; Kubernetes made this one: set enableServiceLinks: false on the pod' : ''
  refuse('SALLYPORT_PORT', `“${text}” is not a port number from 0 to 65535${cure}`)
  return 0
}

function readDatabaseUrl(text: string, refuse: Refuse): string {
  const wrong = (message: string): void => refuse('SALLYPORT_DATABASE_URL', message)
  if (text.startsWith('sqlite:')) {
    const file = text.slice('sqlite:'.length)
    if (file === '' || file === ':memory:') wrong('must name a file, like sqlite:./data/sallyport.db')
  } else if (/^postgres(ql)?:\/\//.test(text)) {
    // The text may hold a password, so it is not repeated.
    if (!URL.canParse(text)) wrong('is not a URL; give one like postgres://user:password@host:5432/sallyport')
  } else {
    wrong('must begin with sqlite: or postgres://')
  }
  return text
}

function readSecret(text: string | undefined, databaseUrl: string, refuse: Refuse): Secret | undefined {
  if (text === undefined) {
    if (databaseUrl.startsWith('postgres')) {
      refuse(
        'SALLYPORT_SECRET',
        'is needed with PostgreSQL, the same on every node: make one with `openssl rand -base64 32` and keep it safe',
      )
    }
    return undefined
  }
  if (text.length < MINIMUM_SECRET_LENGTH) {
    refuse('SALLYPORT_SECRET', `must have at least ${MINIMUM_SECRET_LENGTH} characters: \`openssl rand -base64 32\``)
  }
  return new Secret(text)
}

function readTrustedProxies(entries: readonly string[], refuse: Refuse): string[] {
  for (const entry of entries) {
    if (['loopback', 'linklocal', 'uniquelocal'].includes(entry) || isIP(entry) !== 0 || isRange(entry)) continue
    refuse('SALLYPORT_TRUSTED_PROXIES', `“${entry}” is not an IP address, a range like 10.0.0.0/8, or “loopback”`)
  }
  return [...entries]
}

function isRange(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/')
  if (more.length > 0 || isIP(address) === 0 || !/^\d{1,3}$/.test(bits)) return false
  try {
    new BlockList().addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6')
    return true
  } catch {
    return false
  }
}

function readSmtpUrl(text: string | undefined, refuse: Refuse): Secret | undefined {
  if (text === undefined) return undefined
  if (!URL.canParse(text) || !/^smtps?:\/\/[^/]/.test(text)) {
    refuse('SALLYPORT_SMTP_URL', 'must be like smtps://user:password@mail.example.com')
  }
  return new Secret(text)
}

function readLogLevel(text: string, refuse: Refuse): LogLevel {
  const level = logLevels.find((known) => known === text.toLowerCase())
  if (level === undefined) refuse('SALLYPORT_LOG_LEVEL', `“${text}” is not one of ${logLevels.join(', ')}`)
  return level ?? 'info'
}

function readHosts(entries: readonly string[], refuse: Refuse): string[] {
  for (const entry of entries) {
    const url = URL.canParse(`http://${entry}`) ? new URL(`http://${entry}`) : undefined
    const whole = url !== undefined && !/[/?#@*]/.test(entry)
    if (!whole) refuse('SALLYPORT_ALLOW_PRIVATE_HOSTS', `“${entry}” is not a host or host:port`)
  }
  return entries.map((entry) => entry.toLowerCase())
}

function list(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[\s,]+/).filter((entry) => entry !== '')
}

/** A variable that differs from a known one by a slip. Others are left alone: they belong to someone else. */
function misspelled(env: Readonly<Record<string, string | undefined>>): string[] {
  const known: readonly string[] = configVariables
  return Object.keys(env)
    .filter((name) => name.startsWith('SALLYPORT') && !known.includes(name))
    .flatMap((name) => {
      const meant = nearest(name, known)
      return meant === undefined ? [] : [`${name} is not a variable of Sallyport; did you mean ${meant}?`]
    })
}
