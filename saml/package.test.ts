// The package as others get it: packed, installed into an empty project without a network, compiled against with tsc, and
// the examples of its documents run, on this Node and on the older ones that the machine has.

import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, sep } from 'node:path'
import { after, before, test } from 'node:test'
import { packSaml, runNpm } from '../scripts/pack-saml.ts'
import { casesFolder, readCases, readKey } from './cases/case.ts'
import { signInAndOut } from './package-story.ts'
import * as identityProvider from './src/identity-provider.ts'
import * as main from './src/index.ts'

const root = dirname(import.meta.dirname)
const documents = ['README.md', 'docs/api.md', 'docs/migrating.md'] as const
const readDocument = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')

type Example = { readonly name: string; readonly source: string }

/** The TypeScript of a document: each block begins with its file's name as a comment. */
function examplesOf(document: string): Example[] {
  const blocks = readDocument(document).matchAll(/^```ts\n([\s\S]*?)^```$/gm)
  return [...blocks].map(([, source = '']) => {
    const name = /^\/\/ ([a-z-]+)\.ts\n/.exec(source)?.[1]
    assert.ok(name, `${document}: an example does not begin with its file's name:\n${source.slice(0, 200)}`)
    return { name, source }
  })
}

const consumer = `// consumer.ts: what the types promise, and what they refuse.
import { type Claims, judgeResponse, parseCertificates, type ResponseToJudge, uris } from '@sallyport/saml'
import { readAuthnRequest, writeResponse } from '@sallyport/saml/identity-provider'

export function subjectOf(input: ResponseToJudge): string | undefined {
  const { claims } = judgeResponse(input)
  return claims?.nameId?.value
}
export const persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' = uris.nameId.persistent
export const destination: string | undefined = readAuthnRequest('').destination
export const keyKinds: readonly ('rsa' | 'ec')[] = parseCertificates('').map(({ keyKind }) => keyKind)
// @ts-expect-error: claims come out of a verdict and from nowhere else
export const forged: Claims = { assertionId: '', issuer: '', nameId: undefined, attributes: [], replayableUntil: new Date(0) }
// @ts-expect-error: no expectation may be left out
judgeResponse({ message: '', now: new Date(0), certificates: [] })
// @ts-expect-error: an answer has a destination
writeResponse({ id: '', issueInstant: new Date(0), issuer: '' })
`

// Runs in the empty project: judges every case that standard input names, and prints the codes that failed.
const judgeCases = `import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { judgeResponse, parseCertificates } from '@sallyport/saml'
const cases = JSON.parse(readFileSync(0, 'utf8'))
const judge = ({ case: it, message }) => judgeResponse({
  message: Buffer.from(message, 'base64'),
  now: new Date(it.now),
  certificates: it.certificates.flatMap((pem) => parseCertificates(pem)),
  expectedIssuer: it.issuer,
  expectedAudience: it.audience,
  expectedRecipient: it.acsUrl,
  expectedInResponseTo: it.inResponseTo,
  decryptionKeys: (it.decryptionKeys ?? []).map((pem) => createPrivateKey(pem)),
})
const codes = ({ checks }) => checks.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code)
console.log(JSON.stringify(cases.map((one) => codes(judge(one)))))
`

let folder = ''
let project = ''

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-package-'))
  const tarball = packSaml(folder)
  project = join(folder, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }')
  runNpm(['install', tarball], project)
})

after(() => rmSync(folder, { recursive: true, force: true }))

test('the package holds JavaScript, declarations, documents and licence; it depends on nothing and runs nothing', () => {
  const installed = join(project, 'node_modules/@sallyport/saml')
  assert.deepEqual(readdirSync(installed).sort(), ['LICENSE', 'README.md', 'dist', 'docs', 'package.json'])
  assert.deepEqual(readdirSync(join(project, 'node_modules')).sort(), ['.package-lock.json', '@sallyport'])
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  const fields = ['name', 'version', 'description', 'license', 'type', 'engines', 'sideEffects', 'exports', 'files']
  assert.deepEqual(Object.keys(manifest), fields)
  for (const entry of readdirSync(join(installed, 'dist'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    assert.match(entry.name, /\.(js|d\.ts)$/)
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8')
    assert.doesNotMatch(text, /(from|import\() ?'\.[^']*\.ts'/, `${entry.name} imports TypeScript`)
  }
})

test('a consumer and every documented example compile, as strictly as tsc can', () => {
  const source = join(project, 'src')
  mkdirSync(source)
  const examples = documents.flatMap(examplesOf)
  assert.equal(new Set(examples.map(({ name }) => name)).size, examples.length, 'each example has a name of its own')
  for (const { name, source: text } of [...examples, { name: 'consumer', source: consumer }]) {
    writeFileSync(join(source, `${name}.ts`), text)
  }
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    rootDir: source,
    outDir: join(project, 'out'),
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  try {
    execFileSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' })
  } catch (error) {
    assert.fail((error as { readonly stdout: string }).stdout)
  }
})

for (const { version, program } of nodes()) {
  const skip = program === undefined && 'this machine has no such Node'
  const run = (name: string): string =>
    execFileSync(program ?? '', [join(project, 'out', `${name}.js`)], { cwd: project, encoding: 'utf8' })

  test(`Node ${version}: the service provider of the README signs somebody in and out`, { skip }, async () => {
    const port = await freePort()
    const base = `http://127.0.0.1:${port}`
    layOut()
    const env = { ...process.env, BASE_URL: base, IDP_ENTITY_ID: 'https://idp.example/metadata' }
    const child = spawn(program ?? '', [join(project, 'out/service-provider.js')], { cwd: project, env })
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    try {
      const started = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
      assert.match(String(started[0]), /^listening/, errors)
      await signInAndOut(base)
    } catch (error) {
      throw new Error(`with this on standard error: ${errors}`, { cause: error })
    } finally {
      child.kill('SIGKILL')
      await once(child, 'close')
    }
  })

  test(`Node ${version}: every case of the library is judged as its case.json says`, { skip }, () => {
    writeFileSync(join(project, 'judge-cases.js'), judgeCases)
    const cases = [...readCases('good'), ...readCases('bad')]
    const input = JSON.stringify(cases.map((one) => ({ ...one, message: one.message.toString('base64') })))
    const printed = execFileSync(program ?? '', ['judge-cases.js'], { cwd: project, encoding: 'utf8', input })
    const found = (JSON.parse(printed) as readonly string[][]).map((codes, index) => [cases[index]?.name, codes])
    assert.deepEqual(
      found,
      cases.map(({ name, case: it }) => [name, it.expect.failures ?? []]),
    )
  })

  test(`Node ${version}: the request by HTTP-POST of the README is signed`, { skip }, () => {
    layOut()
    const xml = main.decodePost(/name="SAMLRequest" value="([^"]+)"/.exec(run('request-by-post'))?.[1] ?? '')
    const { root: request, issuer } = identityProvider.readAuthnRequest(xml)
    const certificates = main.parseCertificates(readKey('other-idp.crt'))
    const now = new Date('2026-03-01T12:00:00Z')
    const { signed } = identityProvider.verifySignature(request, 'message', { certificates, now })
    assert.ok(signed)
    assert.equal(issuer, 'https://sp.example/metadata')
  })

  test(`Node ${version}: the explanation of the README names what failed and its cure`, { skip }, () => {
    layOut()
    const output = run('explain')
    const failed = output.split('\n').filter((line) => line.startsWith('failed'))
    assert.deepEqual(failed, [`failed      ${main.explanations.audience.title}`])
    assert.ok(output.includes(`cure      ${main.explanations.audience.cure}`))
    assert.match(output, /Nobody is signed in\.\n$/)
  })
}

test('docs/api.md has every export of both entries under its name, and no other', () => {
  const [, ...parts] = readDocument('docs/api.md').split(/^## (?=`@sallyport)/m)
  assert.equal(parts.length, 2)
  for (const [index, [entry, values]] of [
    ['index', Object.keys(main)] as const,
    ['identity-provider', Object.keys(identityProvider)] as const,
  ].entries()) {
    const part = parts[index] ?? ''
    const headings = [...part.matchAll(/^### `(\w+)`$/gm)].map(([, name = '']) => name)
    assert.deepEqual(headings.toSorted(), values.toSorted(), entry)
    const barrel = readFileSync(join(import.meta.dirname, `src/${entry}.ts`), 'utf8')
    for (const [, typeOnly, list = ''] of barrel.matchAll(/export (type )?\{([^}]*)\}/g)) {
      const names = list.split(',').map((name) => name.trim())
      const types = names.filter((name) => name !== '' && (typeOnly !== undefined || name.startsWith('type ')))
      for (const name of types)
        assert.match(part, new RegExp(`\\b${name.replace('type ', '')}\\b`), `${entry}: ${name}`)
    }
  }
})

test('links between the documents lead somewhere', () => {
  for (const document of documents) {
    for (const [, target = ''] of readDocument(document).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      assert.ok(existsSync(join(import.meta.dirname, dirname(document), target)), `${document}: ${target}`)
    }
  }
})

/** The files that the examples read. */
function layOut(): void {
  copyFileSync(join(casesFolder, 'bad/wrong-audience/response.xml'), join(project, 'response.xml'))
  writeFileSync(join(project, 'idp.crt'), readKey('idp.crt'))
  writeFileSync(join(project, 'sp.key'), readKey('other-idp.key'))
  writeFileSync(join(project, 'sp.crt'), readKey('other-idp.crt'))
  const location = 'https://idp.example/slo'
  const metadata = identityProvider.writeIdentityProviderMetadata({
    entityId: 'https://idp.example/metadata',
    singleSignOn: [{ binding: 'redirect', location: 'https://idp.example/sso' }],
    singleLogout: [{ binding: 'redirect', location, responseLocation: `${location}/answers` }],
    signingCertificates: [readKey('idp.crt')],
    wantAuthnRequestsSigned: true,
  })
  writeFileSync(join(project, 'idp-metadata.xml'), metadata)
}

/** This Node, and a row for each older line: the first of the path, or of the usual place, outside this project. */
function nodes(): { readonly version: string; readonly program: string | undefined }[] {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const modules = join(root, 'node_modules') + sep
  const folders = ['/usr/local/bin', ...(process.env.PATH ?? '').split(delimiter)]
  const found = new Map<string, { readonly version: string; readonly program: string }>()
  for (const program of folders.map((place) => join(place, name))) {
    if (program.startsWith(modules) || !existsSync(program)) continue
    const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim().slice(1)
    const major = version.split('.')[0] ?? ''
    if (!found.has(major)) found.set(major, { version, program })
  }
  const own = { version: process.versions.node, program: process.execPath }
  const older = ['20', '22', '24'].filter((major) => own.version.split('.')[0] !== major)
  return [own, ...older.map((major) => found.get(major) ?? { version: major, program: undefined })]
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
