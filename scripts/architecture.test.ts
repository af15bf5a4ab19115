// Every rule catches its counter-examples, lets a good tree pass, and the real tree passes them all.
import assert from 'node:assert/strict'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { checkArchitecture, makeTree, readTree, rules } from './architecture.ts'

const table = `
## Who may import whom

| folder | may import | owns |
| --- | --- | --- |
| \`saml/\` | node:buffer, node:crypto, node:zlib | the protocol |
| \`server/\` | \`*\`, saml, \`node:*\`, npm:fastify | the entry points |
| \`server/login\` | sessions, saml, node:crypto, npm:zod | signing in |
| \`server/oauth\` | sessions, npm:* | tokens |
| \`server/sessions\` | — | sessions |
| \`sandbox/\` | saml, node:* | the pretend world |

## Afterwards
`

// A small tree without fault. Each counter-example adds or replaces files of it.
const good: Readonly<Record<string, string>> = {
  'ARCHITECTURE.md': table,
  'saml/src/index.ts': '// The public face.\nexport { parse } from "./xml/parse.ts"\n',
  'saml/src/xml/parse.ts': '/** Reads. */\nimport { createHash } from "node:crypto"\n',
  'server/src/app.ts': '// Routes.\nimport fastify from "fastify"\nimport { login } from "#login/login.ts"\n',
  'server/src/main.ts': 'import "#app.ts"\nconst now = () => new Date(Date.now())\nconsume(process.env)\n',
  'server/src/login/login.ts':
    '// Signs in.\nimport { parse } from "@sallyport/saml"\nimport * as z from "zod"\nimport type { Session } from "#sessions/session.ts"\nimport "./acs.ts"\nnew Date(0)\n',
  'server/src/login/acs.ts':
    'import { createHash } from "node:crypto"\n// console.log, Date.now(), import "#oauth/x.ts"\n',
  'server/src/login/acs.test.ts': 'import "#oauth/oauth.ts"\nconsole.log(Math.random(), process.env, Date.now())\n',
  'server/src/oauth/oauth.ts': `// Tokens.\nimport 'anything/deep'\nexport const text = \`import 'x' console.log(\${1}\`\n`,
  'server/src/sessions/session.ts': '// Sessions.\nconst pattern = /[\'"/]/g; const random = "Math.random()"\n',
  'server/flows/browser.ts': 'import "#login/login.ts"\nconsole.log(process.env)\n',
  'sandbox/src/sandbox.ts': '#!/usr/bin/env node\n// Pretends.\nimport "@sallyport/saml"\nimport "node:fs"\n',
}

// Built from parts, so that this file itself holds no such path.
const somebodysHome = ['', 'home', 'ada', 'sallyport'].join('/')

const counterExamples: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  'imports follow the table in ARCHITECTURE.md': [
    { 'server/src/sessions/session.ts': '//\nimport type { Login } from "#login/login.ts"\n' },
    { 'server/src/sessions/session.ts': '//\nexport const login = () => import("../login/login.ts")\n' },
    { 'server/src/sessions/session.ts': '//\nexport * from "node:crypto"\nexport const id = 1\n' },
    { 'server/src/sessions/session.ts': `//\nconst x = \`\${require("pg")}\`\n` },
    { 'server/src/login/login.ts': '//\nimport pg from "pg"\n' },
    { 'server/src/login/login.ts': '//\nimport "#app.ts"\n' },
    { 'server/src/users/user.ts': '// A folder without a row.\n' },
    { 'sandbox/src/sandbox.ts': '//\nimport "../../server/src/app.ts"\n' },
    { 'sandbox/src/sandbox.ts': '//\nimport "@sallyport/server"\n' },
    { 'sandbox/src/sandbox.ts': '//\nimport "../peers/peer.ts"\n' },
    { 'ARCHITECTURE.md': '# Nothing\n' },
    { 'ARCHITECTURE.md': table.replace('sessions, saml', 'sesions, saml') },
  ],
  'saml imports its own files, node:buffer, node:crypto and node:zlib': [
    {
      'ARCHITECTURE.md': table.replace('node:buffer, node:crypto, node:zlib', 'node:*'),
      'saml/src/xml/parse.ts': '//\nimport "node:fs"\n',
    },
  ],
  'no folder or file is named for a kind of code': [
    { 'server/src/login/utils.ts': '//\n' },
    { 'server/src/login/helpers/cookie.ts': '//\n' },
    { 'scripts/types.d.ts': '//\n' },
  ],
  "a folder's main file opens with a comment": [
    { 'server/src/login/login.ts': 'export const login = 1\n// Too late.\n' },
    { 'server/src/login/login.ts': '// biome-ignore lint: says nothing of the folder\n' },
    { 'server/src/app.ts': 'export const app = 1\n' },
    { 'saml/src/c14n/exclusive.ts': 'export const c14n = 1\n', 'saml/src/c14n/write.ts': '// Not the first.\n' },
  ],
  'clock, chance and environment come from main.ts': [
    { 'server/src/app.ts': '//\nconst now = Date.now\n' },
    { 'server/src/app.ts': '//\nconst now = new Date( )\n' },
    { 'server/src/app.ts': `//\nconst id = \`\${Math.random()}\`\n` },
    { 'server/src/app.ts': '//\nimport { randomBytes } from "node:crypto"\n' },
    { 'server/src/login/main.ts': '//\nconst id = crypto.randomUUID()\n' },
    { 'server/src/app.ts': '//\nconst port = process.env.PORT\n' },
    { 'saml/src/main.ts': '//\nconst debug = process.env.DEBUG\n' },
  ],
  'no barrel files but the entry points of saml': [
    { 'server/src/login/index.ts': '//\nexport const login = 1\n' },
    { 'server/src/login/everything.ts': '//\nexport * from "./login.ts"\nexport type { A } from "./acs.ts"\n' },
  ],
  'file names are lower-case with dashes': [
    { 'server/src/login/signIn.ts': '//\n' },
    { 'server/src/login/sign_in.ts': '//\n' },
    { 'scripts/Start.ts': '//\n' },
  ],
  'no source file is longer than 300 lines': [{ 'server/src/login/acs.ts': '//\n'.repeat(301) }],
  'login and oauth never import each other': [
    {
      'ARCHITECTURE.md': table.replace('| sessions, saml', '| oauth, sessions, saml'),
      'server/src/login/acs.ts': 'import "#oauth/oauth.ts"\n',
    },
    {
      'ARCHITECTURE.md': table.replace('| sessions, npm:*', '| login, sessions'),
      'server/src/oauth/oauth.ts': '//\nimport "../login/login.ts"\n',
    },
  ],
  'no source file writes to the console': [{ 'server/src/login/acs.ts': "const a = 'it''s'; console.error(a)\n" }],
  "no file holds a path of somebody's machine": [{ 'docs/install.md': `Go to ${somebodysHome} first.\n` }],
}

test('a good tree has no problems', () => {
  assert.deepEqual(check({}), [])
})

for (const { name } of rules) {
  test(`the rule "${name}" catches its counter-examples`, () => {
    const examples = counterExamples[name] ?? []
    assert.notEqual(examples.length, 0, 'a rule needs a counter-example')
    for (const example of examples) {
      const problems = check(example)
      assert.equal(problems.length > 0, true, `not caught: ${JSON.stringify(example)}`)
      for (const problem of problems) assert.ok(problem.includes(` ${name}: `), `caught by another rule: ${problem}`)
    }
  })
}

test('a problem is reported with its file and line', () => {
  const problems = check({ 'server/src/login/acs.ts': '\n\nconsole.error(1)\n' })
  assert.deepEqual(problems, [
    'server/src/login/acs.ts:3 no source file writes to the console: use the log that is passed in',
  ])
})

test('addresses are no paths of machines', () => {
  assert.deepEqual(check({ 'docs/urls.md': `https://a.example${somebodysHome} and $\{url}${somebodysHome}\n` }), [])
})

test('this tree has no problems', () => {
  assert.deepEqual(checkArchitecture(readTree(dirname(import.meta.dirname))), [])
})

function check(changes: Readonly<Record<string, string>>): string[] {
  return checkArchitecture(makeTree(new Map(Object.entries({ ...good, ...changes }))))
}
