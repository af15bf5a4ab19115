// Canonical forms: what copies from the source, what writes everything anew, and what libxml2 makes of the same documents.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readCases } from '../cases/case.ts'
import { canonicalize } from '../src/c14n/exclusive.ts'
import { canonicalizePlainly } from '../src/c14n/plain.ts'
import { namespaces } from '../src/uris.ts'
import { readXml } from '../src/xml/read.ts'
import { attributeOf, walk, type XmlElement } from '../src/xml/tree.ts'
import { XmlError } from '../src/xml/xml-error.ts'
import { type Chance, chanceOf } from './chance.ts'
import { explain } from './differences.ts'
import { documentOf, elementOf, prefixListOf } from './documents.ts'
import { piecesOf, splice } from './markup.ts'
import { mutate } from './mutate.ts'
import { inFolder, run, skipWithout, writeAll } from './peers.ts'
import { readingDifferences } from './reading-differences.ts'
import { seed, size } from './size.ts'

const long = { timeout: size(120_000, 3_600_000) }

function elementsOf(root: XmlElement): XmlElement[] {
  const found: XmlElement[] = []
  walk(root, (element) => found.push(element))
  return found
}

const listed = (list: readonly string[]): string[] => list.map((one) => (one === '#default' ? '' : one))

test('xml-exc-c14n: what is copied from the source is what is written anew, whatever the apex', long, (t) => {
  const count = size(1000, 40_000)
  let compared = 0
  for (let i = 0; i < count; i++) {
    const chance = chanceOf(seed, 1, i)
    const source = documentOf(chance)
    for (const apex of elementsOf(readXml(source))) {
      const inside = elementsOf(apex).slice(1)
      const inclusivePrefixes = listed(prefixListOf(chance))
      const omit = inside.length > 0 && chance.oneIn(2) ? { omit: chance.pick(inside) } : {}
      const options = { inclusivePrefixes, ...omit }
      assert.equal(canonicalize(apex, options), canonicalizePlainly(apex, options), `document ${i}: ${source}`)
      compared++
    }
  }
  t.diagnostic(`seed ${seed}: ${count} documents, ${compared} canonical forms compared`)
})

const mark = '<sallyport-end-of-document></sallyport-end-of-document>'

/** The canonical forms that xmllint makes, without comments; undefined where it refuses a document. */
async function canonicalByLibxml2(documents: readonly (string | Uint8Array)[]): Promise<(string | undefined)[]> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, 'mark.xml'), mark)
    const results: (string | undefined)[] = []
    for (let from = 0; from < documents.length; from += 500) {
      const files = writeAll(folder, documents.slice(from, from + 500)).flatMap((name) => [name, 'mark.xml'])
      const { stdout } = await run('xmllint', ['--nonet', '--exc-c14n', ...files], folder)
      const parts = stdout.split(mark)
      assert.equal(parts.pop()?.trim(), '')
      assert.equal(parts.length, files.length / 2)
      results.push(...parts.map((part) => (part === '' ? undefined : withoutComments(part))))
    }
    return results
  })
}

// In canonical form every < of a text is a reference, so what looks like a comment is one. Around the root one has a line.
function withoutComments(canonical: string): string {
  return canonical.replaceAll(/<!--[\s\S]*?-->/g, '').trim()
}

function canonicalByUs(document: string | Uint8Array): { canonical: string } | { refused: XmlError } {
  try {
    const root = readXml(document)
    const canonical = canonicalize(root)
    assert.equal(canonical, canonicalizePlainly(root))
    return { canonical }
  } catch (error) {
    if (error instanceof XmlError) return { refused: error }
    throw error
  }
}

const skipXmllint = skipWithout('xmllint')

test('xml-exc-c14n: libxml2 makes the same of documents in every spelling', {
  ...long,
  skip: skipXmllint,
}, async (t) => {
  const sources = Array.from({ length: size(500, 20_000) }, (_, i) => documentOf(chanceOf(seed, 2, i)))
  const theirs = await canonicalByLibxml2(sources)
  for (const [i, source] of sources.entries()) {
    assert.deepEqual(canonicalByUs(source), { canonical: theirs[i] }, `document ${i}: ${source}`)
  }
  t.diagnostic(`seed ${seed}: ${sources.length} documents`)
})

const among = ['bytes', 'tokens', 'text', 'elements', 'namespaces', 'attributes', 'insertions', 'encodings']

test('XML 1.0, Namespaces: what is read is what libxml2 reads, and what differs is known', {
  ...long,
  skip: skipXmllint,
}, async (t) => {
  const real = readCases('good').map(({ message }) => message.toString('utf8'))
  const mutants = Array.from({ length: size(800, 30_000) }, (_, i) => {
    const chance = chanceOf(seed, 3, i)
    const source = chance.oneIn(2) ? documentOf(chance) : chance.pick(real)
    return Buffer.from(mutate(source, chance, { elements: [] }, among).message)
  })
  const theirs = await canonicalByLibxml2(mutants)
  const counts = explain(
    mutants.map((mutant, i) => {
      const ours = canonicalByUs(mutant)
      const canonical = 'canonical' in ours ? ours.canonical : undefined
      return {
        same: canonical === theirs[i],
        ours: 'refused' in ours ? `${ours.refused.code} ${ours.refused.message}` : 'read',
        theirs: theirs[i] === undefined ? 'refused' : canonical === undefined ? 'read' : `read otherwise: ${theirs[i]}`,
        document: mutant,
      }
    }),
    readingDifferences,
  )
  t.diagnostic(`seed ${seed}: ${mutants.length} mutants; ${counts}`)
})

// Many apexes in one document, so that one process does for all: the digests are what is compared.
const exclusive = namespaces.exclusiveC14n
const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
const batch = 60
const wide =
  '<r xmlns="urn:root" xmlns:a="urn:r1" xmlns:b="urn:r2" xmlns:Z="urn:r3" xmlns:é="urn:r4" xmlns:𐐀="urn:r5" xmlns:saml="urn:r6" xmlns:unused="urn:r7" xml:lang="de">'

type Item = { readonly markup: string; readonly list: readonly string[]; readonly omits: boolean }

function itemOf(chance: Chance, id: string): Item {
  let markup = elementOf(chance)
  const apex = chance.pick(piecesOf(markup))
  const inside = piecesOf(markup).filter(({ start, end }) => start > apex.start && end < apex.end)
  const omitted = inside.length > 0 && chance.oneIn(2) ? chance.pick(inside) : undefined
  const put = (at: number, text: string): string => splice(markup, at, at, text)
  if (omitted !== undefined) markup = put(omitted.start + 1 + omitted.name.length, ` omitted="${id}"`)
  markup = put(apex.start + 1 + apex.name.length, ` xml:id="${id}"`)
  return { markup, list: prefixListOf(chance), omits: omitted !== undefined }
}

function referenceTo({ list, omits }: Item, id: string): string {
  const filter = omits
    ? `<Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2"><XPath xmlns="http://www.w3.org/2002/06/xmldsig-filter2" Filter="subtract">//*[@omitted='${id}']</XPath></Transform>`
    : ''
  const inclusive = `<InclusiveNamespaces xmlns="${exclusive}" PrefixList="${list.join(' ')}"/>`
  const c14n = `<Transform Algorithm="${exclusive}">${list.length > 0 ? inclusive : ''}</Transform>`
  return `<Reference URI="#${id}"><Transforms>${filter}${c14n}</Transforms><DigestMethod Algorithm="${sha256}"/><DigestValue/></Reference>`
}

test('xml-exc-c14n §2.2, §3: xmlsec1 digests the same of any apex, with parts left out and prefixes included', {
  ...long,
  skip: skipWithout('xmlsec1'),
}, async (t) => {
  const batches = size(4, 200)
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'key'), 'not a secret')
    for (let i = 0; i < batches; i++) {
      const items = Array.from({ length: batch }, (_, k) => itemOf(chanceOf(seed, 4, i, k), `_${k}`))
      const references = items.map((item, k) => referenceTo(item, `_${k}`)).join('')
      const signature =
        `<Signature xmlns="${namespaces.signature}"><SignedInfo><CanonicalizationMethod Algorithm="${exclusive}"/>` +
        `<SignatureMethod Algorithm="${namespaces.signature}hmac-sha1"/>${references}</SignedInfo><SignatureValue/></Signature>`
      const source = `${wide}${items.map(({ markup }) => markup).join('')}${signature}</r>`
      writeFileSync(join(folder, 'template.xml'), source)
      const { stdout, stderr } = await run('xmlsec1', ['--sign', '--hmackey', 'key', 'template.xml'], folder)
      const digests = [...stdout.matchAll(/<DigestValue>([^<]*)</g)].map(([, digest]) => digest)
      assert.equal(digests.length, batch, stderr)
      const limits = { bytes: 2 ** 26, depth: 64, attributes: 64, declarations: 64, nameLength: 256 }
      for (const apex of elementsOf(readXml(source, limits))) {
        const id = apex.attributes.find(({ prefix, local }) => prefix === 'xml' && local === 'id')?.value
        const k = Number(id?.slice(1) ?? -1)
        const item = items[k]
        if (item === undefined) continue
        const omit = elementsOf(apex).find((one) => attributeOf(one, 'omitted') === id)
        const options = { inclusivePrefixes: listed(item.list), ...(omit === undefined ? {} : { omit }) }
        const canonical = canonicalize(apex, options)
        assert.equal(canonical, canonicalizePlainly(apex, options))
        const digest = createHash('sha256').update(canonical).digest('base64')
        assert.equal(digest, digests[k], `${i}/${k} ${item.list}: ${item.markup}\n${canonical}`)
      }
    }
  })
  t.diagnostic(`seed ${seed}: ${batches * batch} apexes`)
})
