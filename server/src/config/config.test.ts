import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { ConfigError, readConfig } from '#config/config.ts'
import { Secret } from '#config/secret.ts'

const secret = 'a secret of more than thirty-two characters'

function problemsOf(env: Record<string, string>): Record<string, string> {
  try {
    readConfig(env)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return Object.fromEntries(error.problems.map(({ variable, message }) => [variable, message]))
  }
  return {}
}

test('without any variable the service runs on this machine, with SQLite', () => {
  const config = readConfig({})
  assert.deepEqual(
    { ...config, databaseUrl: config.databaseUrl.reveal() },
    {
      publicUrl: 'http://localhost:3000',
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: 'sqlite:./data/sallyport.db',
      secret: undefined,
      trustedProxies: [],
      smtpUrl: undefined,
      logLevel: 'info',
      allowPrivateHosts: [],
      notices: [],
    },
  )
  assert.ok(Object.isFrozen(config) && Object.isFrozen(config.trustedProxies))
})

test('every variable is read', () => {
  const config = readConfig({
    SALLYPORT_PUBLIC_URL: 'https://SSO.example.com/',
    SALLYPORT_HOST: '::',
    SALLYPORT_PORT: '8080',
    SALLYPORT_DATABASE_URL: 'postgres://sallyport:pw@db.example/sallyport',
    SALLYPORT_SECRET: secret,
    SALLYPORT_TRUSTED_PROXIES: '10.0.0.0/8, fd00::/8 192.168.1.1,loopback',
    SALLYPORT_SMTP_URL: 'smtps://user:pw@mail.example.com',
    SALLYPORT_LOG_LEVEL: 'Debug',
    SALLYPORT_ALLOW_PRIVATE_HOSTS: 'idp.Internal,10.1.2.3:8443',
  })
  assert.equal(config.publicUrl, 'https://sso.example.com')
  assert.equal(config.host, '::')
  assert.equal(config.port, 8080)
  assert.equal(config.databaseUrl.reveal(), 'postgres://sallyport:pw@db.example/sallyport')
  assert.equal(config.secret?.reveal(), secret)
  assert.deepEqual(config.trustedProxies, ['10.0.0.0/8', 'fd00::/8', '192.168.1.1', 'loopback'])
  assert.equal(config.smtpUrl?.reveal(), 'smtps://user:pw@mail.example.com')
  assert.equal(config.logLevel, 'debug')
  assert.deepEqual(config.allowPrivateHosts, ['idp.internal', '10.1.2.3:8443'])
})

test('an empty variable counts as absent', () => {
  assert.deepEqual(
    problemsOf({ SALLYPORT_PORT: '', SALLYPORT_PUBLIC_URL: ' ', SALLYPORT_SECRET: '', SALLYPORT_SMTP_URL: '' }),
    {},
  )
})

test('all problems are told at once, each with its variable', () => {
  const problems = problemsOf({
    SALLYPORT_PUBLIC_URL: 'sso.example.com',
    SALLYPORT_HOST: 'everywhere',
    SALLYPORT_PORT: '70000',
    SALLYPORT_DATABASE_URL: 'mysql://db',
    SALLYPORT_SECRET: 'short',
    SALLYPORT_TRUSTED_PROXIES: '10.0.0.0/33',
    SALLYPORT_SMTP_URL: 'mail.example.com',
    SALLYPORT_LOG_LEVEL: 'loud',
    SALLYPORT_ALLOW_PRIVATE_HOSTS: 'http://idp.internal/x',
  })
  assert.equal(Object.keys(problems).length, 9)
  const text = new ConfigError([{ variable: 'SALLYPORT_PORT', message: 'is wrong' }]).message
  assert.equal(text, 'The configuration cannot be used:\n  SALLYPORT_PORT: is wrong')
})

test('plain http is for this machine only', () => {
  for (const local of ['http://localhost:4000', 'http://127.0.0.1', 'http://[::1]:1', 'http://acme.localhost:3000']) {
    assert.deepEqual(problemsOf({ SALLYPORT_PUBLIC_URL: local }), {}, local)
  }
  for (const remote of ['http://sso.example.com', 'http://localhost.example.com', 'http://10.0.0.1']) {
    assert.match(problemsOf({ SALLYPORT_PUBLIC_URL: remote }).SALLYPORT_PUBLIC_URL ?? '', /use https:\/\//)
  }
})

test('the public URL is an origin', () => {
  for (const url of ['https://x.example/sso', 'https://x.example/?a', 'https://x.example/#a', 'https://u@x.example']) {
    assert.ok(problemsOf({ SALLYPORT_PUBLIC_URL: url }).SALLYPORT_PUBLIC_URL, url)
  }
  assert.ok(problemsOf({ SALLYPORT_PUBLIC_URL: 'ftp://x.example' }).SALLYPORT_PUBLIC_URL)
})

test('the port to listen on is the one of a local public URL, unless it is set', () => {
  assert.equal(readConfig({ SALLYPORT_PUBLIC_URL: 'http://localhost:4000' }).port, 4000)
  assert.equal(readConfig({ SALLYPORT_PUBLIC_URL: 'http://localhost:4000', SALLYPORT_PORT: '5000' }).port, 5000)
  assert.equal(readConfig({ SALLYPORT_PUBLIC_URL: 'https://sso.example.com:8443' }).port, 3000)
})

test('a port that Kubernetes made is explained', () => {
  assert.match(problemsOf({ SALLYPORT_PORT: 'tcp://10.0.0.1:3000' }).SALLYPORT_PORT ?? '', /enableServiceLinks/)
})

test('with PostgreSQL the secret must be given, and the password of the database is never repeated', () => {
  const problems = problemsOf({ SALLYPORT_DATABASE_URL: 'postgres://sallyport:hunter2@db:54x32/sallyport' })
  assert.ok(problems.SALLYPORT_SECRET)
  assert.ok(!JSON.stringify(problems).includes('hunter2'))
})

test('a misspelled variable is noticed, a foreign one is not', () => {
  const { notices } = readConfig({ SALLYPORT_PUBLICURL: 'https://x.example', SALLYPORT_SERVICE_PORT_HTTP: '80' })
  assert.deepEqual(notices, ['SALLYPORT_PUBLICURL is not a variable of Sallyport; did you mean SALLYPORT_PUBLIC_URL?'])
})

test('a secret prints as [secret], however it is printed', () => {
  const hidden = new Secret('hunter2')
  const printed = [`${hidden}`, String(hidden), JSON.stringify({ hidden }), inspect({ hidden }), inspect(hidden)]
  for (const text of printed) {
    assert.match(text, /\[secret\]/)
    assert.ok(!text.includes('hunter2'))
  }
  assert.equal(hidden.reveal(), 'hunter2')
})
