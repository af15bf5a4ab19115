// Signatures of mutants, judged by us and by xmlsec1. What xmlsec1 refuses is not accepted; what only we refuse has a reason.

import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readKey } from '../cases/case.ts'
import type { Certificate } from '../src/certificates/certificate.ts'
import { survey } from '../src/messages/structure.ts'
import { verifySignature } from '../src/signature/verify.ts'
import { namespaces } from '../src/uris.ts'
import { readXml } from '../src/xml/read.ts'
import { isNamed } from '../src/xml/tree.ts'
import { XmlError } from '../src/xml/xml-error.ts'
import { type Base, bases, material } from './bases.ts'
import { chanceOf } from './chance.ts'
import { explain } from './differences.ts'
import { families, mutate } from './mutate.ts'
import { idAttributes, inFolder, inParallel, run, skipWithout, writeAll } from './peers.ts'
import { type Part, partOf, resign } from './resign.ts'
import { seed, size } from './size.ts'
import { verdictDifferences } from './verdict-differences.ts'

type Subject = { readonly document: Uint8Array; readonly part: Part; readonly base: Base; readonly resigned: boolean }

const keyOf: Readonly<Record<string, string>> = { rsa: 'idp.key', ec: 'idp-ec.key' }

function partsSigned({ xml }: Base): Part[] {
  const root = readXml(xml)
  return (['Assertion', 'Response'] as const).filter((part) => {
    const element = partOf(root, part)
    return element !== undefined && verifySignature(element, 'message', everything).checks.length > 0
  })
}

const everything = { certificates: [], now: new Date(0) }

function subjects(count: number): Subject[] {
  // Encrypted messages have the same signatures, over elements that are not looked into.
  const all = bases().filter(({ xml, input }) => partsSigned({ name: '', xml, input }).length > 0)
  const own = all.filter(({ input }) => input.expectedIssuer === 'https://idp.example/metadata')
  const extra = material()
  return Array.from({ length: count }, (_, i) => {
    const chance = chanceOf(seed, 5, i)
    const resigned = chance.oneIn(2)
    // Only whose key we have can be signed anew.
    const base = chance.pick(resigned ? own : all)
    const parts = partsSigned(base)
    const part = chance.pick(parts)
    const { message } = mutate(base.xml, chance, extra, resigned ? changing : [...Object.keys(families), 'encodings'])
    const kind = base.input.certificates[0]?.keyKind ?? ''
    const key = createPrivateKey(readKey(keyOf[kind] ?? ''))
    const text = typeof message === 'string' && resigned ? resign(message, parts, key) : message
    return { document: Buffer.from(text), part, base, resigned }
  })
}

const changing = Object.keys(families).filter((family) => family !== 'bytes' && family !== 'wrapping')

function ours({ document, part, base }: Subject): string {
  try {
    const root = readXml(document)
    // Judges of messages look at this before they believe a signature; xmlsec1 refuses it itself.
    if (survey(root).repeatedIds.length > 0) return 'id-unique'
    const target = partOf(root, part)
    if (target === undefined || !isNamed(target, namespaceOf[part], part)) return 'no such element'
    const { signed, checks } = verifySignature(target, 'message', base.input)
    if (signed !== undefined) return 'accepted'
    const failure = checks.find(({ outcome }) => outcome === 'failed')
    return failure === undefined ? 'no signature' : `${failure.code}: ${failure.received}`
  } catch (error) {
    if (error instanceof XmlError) return `${error.code} ${error.message}`
    throw error
  }
}

const namespaceOf: Readonly<Record<Part, string>> = { Response: namespaces.protocol, Assertion: namespaces.assertion }

const signatureOf = (path: string): string =>
  `(${path}/*[local-name()='Signature' and namespace-uri()='${namespaces.signature}'])[1]`
const assertionPath = `(/*/*[local-name()='Assertion' and namespace-uri()='${namespaces.assertion}'])[1]`
const pathOf: Readonly<Record<Part, string>> = { Response: signatureOf('/*'), Assertion: signatureOf(assertionPath) }

function fileOf({ fingerprint }: Certificate): string {
  return `${fingerprint.replaceAll(':', '')}.pem`
}

/** What xmlsec1 says of each. It stops at the first that it refuses, so it is started again behind that one. */
async function theirs(all: readonly Subject[]): Promise<string[]> {
  const verdicts = all.map(() => 'refused')
  const groups = Map.groupBy(
    all.keys(),
    (i) => `${all[i]?.part} ${all[i]?.base.input.certificates.map(({ pem }) => pem)}`,
  )
  await inFolder(async (folder) => {
    const files = writeAll(
      folder,
      all.map(({ document }) => document),
    )
    for (const one of all.flatMap(({ base }) => base.input.certificates))
      writeFileSync(join(folder, fileOf(one)), one.pem)
    const chunks = [...groups.values()].flatMap((group) =>
      Array.from({ length: Math.ceil(group.length / 40) }, (_, i) => group.slice(i * 40, i * 40 + 40)),
    )
    await inParallel(chunks, async (chunk) => {
      const first = all[chunk[0] ?? 0] as Subject
      const keys = first.base.input.certificates.flatMap((one) => ['--pubkey-cert-pem', fileOf(one)])
      // KeyInfo is not to decide which key is used, nor is anything fetched.
      const limits = ['--enabled-key-data', 'key-name', '--enabled-reference-uris', 'empty,same-doc']
      const options = ['--verify', ...idAttributes, ...limits, ...keys, '--node-xpath', pathOf[first.part]]
      for (let from = 0; from < chunk.length; ) {
        const names = chunk.slice(from).map((i) => files[i] ?? '')
        const { stdout, stderr } = await run('xmlsec1', [...options, ...names], folder)
        const sound = `${stdout}\n${stderr}`.match(/^OK$/gm)?.length ?? 0
        for (const i of chunk.slice(from, from + sound)) verdicts[i] = 'accepted'
        from += sound
        const refused = chunk[from]
        if (refused !== undefined) verdicts[refused] = `refused: ${lastErrors(stderr)}`
        from++
      }
    })
  })
  return verdicts
}

// Behind the counts of the last document that it accepted.
function lastErrors(stderr: string): string {
  const from = stderr.lastIndexOf('Manifests References (ok/all): 0/0\nfunc=')
  const errors = [...stderr.slice(from + 1).matchAll(/error=\d+:([^:\n]*:[^\n]*)|^\S+\.xml:\d+: (.*)/gm)]
  return errors.map(([, ours, parser]) => ours ?? parser).join(' | ')
}

test('XML Signature 1.1 §3.2: nothing is accepted that xmlsec1 refuses, and what only we refuse has a reason', {
  skip: skipWithout('xmlsec1'),
  timeout: size(120_000, 3_600_000),
}, async (t) => {
  const all = subjects(size(250, 3000))
  const verdicts = all.map(ours)
  const answers = await theirs(all)
  const compared = all.map(({ document, part, base, resigned }, i) => ({
    same: (verdicts[i] === 'accepted') === (answers[i] === 'accepted'),
    ours: verdicts[i] ?? '',
    theirs: answers[i] ?? '',
    name: `${i}: ${part} of ${base.name}${resigned ? ', signed anew' : ''}`,
    document,
  }))
  const text = explain(compared, verdictDifferences)
  const both = verdicts.filter((verdict, i) => verdict === 'accepted' && answers[i] === verdict).length
  t.diagnostic(`seed ${seed}: ${all.length} mutants, ${both} accepted by both; ${text}`)
  // Where hardly anything is accepted, hardly anything is compared.
  assert.ok(both > all.length / 10)
})
