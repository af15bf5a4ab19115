// `node bench/parts.ts [kind]`: where the time of one check goes. The only file here that looks inside the library.

import { createPrivateKey, verify as cryptoVerify, hash } from 'node:crypto'
import { decodePost, judgeResponse, parseCertificates } from '@sallyport/saml'
import { canonicalize } from '../saml/src/c14n/exclusive.ts'
import { decrypt } from '../saml/src/encryption/decrypt.ts'
import { readEncryptedForm } from '../saml/src/encryption/form.ts'
import { unwrapKey } from '../saml/src/encryption/oaep.ts'
import { checkAssertion } from '../saml/src/messages/assertion-checks.ts'
import { readClaims } from '../saml/src/messages/claims.ts'
import { structureFaults, survey } from '../saml/src/messages/structure.ts'
import { readSignatureForm } from '../saml/src/signature/form.ts'
import { signedChild } from '../saml/src/signature/signed-element.ts'
import { verifySignature } from '../saml/src/signature/verify.ts'
import { namespaces } from '../saml/src/uris.ts'
import { readXml } from '../saml/src/xml/read.ts'
import { childrenNamed, onlyChild, type XmlElement } from '../saml/src/xml/tree.ts'
import { makeCorpus } from './corpus.ts'
import { names } from './documents.ts'
import { keepToOneCore } from './machine.ts'
import { quantile } from './results.ts'

const rounds = 40
const warmUpRounds = 20
const batch = 100
const whole = 'whole check'

const cores = keepToOneCore()
const corpus = makeCorpus(new Date())
const kind = process.argv[2] ?? 'a'
const message = corpus.messages.find((candidate) => candidate.kind === kind)
if (message === undefined) throw new Error(`there is no kind ${kind}`)
const certificates = parseCertificates(corpus.signer.certificatePem)
const key = certificates[0]!.key
const { field } = message
const bytes = decodePost(field)
const root = readXml(bytes)
const decryptionKeys = [createPrivateKey(corpus.recipient.keyPem)]
const encrypted = onlyChild(root, namespaces.assertion, 'EncryptedAssertion')
const assertion = onlyChild(root, namespaces.assertion, 'Assertion') ?? opened(encrypted!)
const trees = encrypted === undefined ? [root] : [root, assertion]
const signatures = [root, assertion].flatMap((element) =>
  childrenNamed(element, namespaces.signature, 'Signature').map((signature) => {
    const form = readSignatureForm(signature)
    if (typeof form === 'string') throw new Error(form)
    const target = { inclusivePrefixes: form.referencePrefixes, omit: signature }
    const info = { inclusivePrefixes: form.signedInfoPrefixes }
    const canonical = canonicalize(element, target)
    return {
      element,
      signature,
      form,
      target,
      info,
      canonical,
      signed: Buffer.from(canonicalize(form.signedInfo, info)),
    }
  }),
)
const input = {
  message: bytes,
  now: corpus.now,
  certificates,
  expectedIssuer: names.issuer,
  expectedAudience: names.audience,
  expectedRecipient: names.recipient,
  expectedInResponseTo: names.request,
  decryptionKeys,
}

const proofOfAssertion = verifySignature(assertion, 'assertion', input).signed
const proofOfResponse = verifySignature(root, 'response', input).signed
const proof = proofOfAssertion ?? signedChild(proofOfResponse!, assertion)

// Canonicalizing hands out a string that is still in pieces: who reads it first puts it together, and here that is the digest.
const parts: Readonly<Record<string, () => unknown>> = {
  [whole]: () => judgeResponse({ ...input, message: decodePost(field) }),
  base64: () => decodePost(field),
  'decode and parse': () => readXml(bytes),
  ...(encrypted === undefined ? {} : ofDecryption(encrypted)),
  structure: () => [trees.map(structureFaults), trees.map(survey)],
  'signature form': () => signatures.map(({ signature }) => readSignatureForm(signature)),
  'C14N and digest': () =>
    signatures.map(({ element, target }) => hash('sha256', canonicalize(element, target), 'buffer')),
  'C14N of SignedInfo': () => signatures.map(({ form, info }) => Buffer.from(canonicalize(form.signedInfo, info))),
  verify: () => signatures.map(({ signed, form }) => cryptoVerify('sha256', signed, key, form.signatureValue)),
  'checks of the assertion': () => checkAssertion(assertion, input),
  claims: () => readClaims(proof, names.request, corpus.now),
  'of it the digest': () => signatures.map(({ canonical }) => hash('sha256', canonical, 'buffer')),
}

const verdict = judgeResponse({ ...input, message: decodePost(field) })
if (!verdict.ok)
  throw new Error(`not accepted: ${JSON.stringify(verdict.checks.filter((c) => c.outcome !== 'passed'))}`)

const entries = Object.entries(parts)
const medians = new Map(entries.map(([name]) => [name, [] as number[]]))
let kept: unknown
for (let round = -warmUpRounds; round < rounds; round++) {
  for (let i = 0; i < entries.length; i++) {
    const [name, run] = entries[(i + round + warmUpRounds) % entries.length]!
    const samples: number[] = []
    for (let n = 0; n < batch; n++) {
      const start = performance.now()
      kept = run()
      samples.push((performance.now() - start) * 1000)
    }
    if (round >= 0) medians.get(name)!.push(quantile(samples, 0.5))
  }
}

const median = (name: string): number => quantile(medians.get(name)!, 0.5)
const least = (name: string): number => quantile(medians.get(name)!, 0)
const inner = entries.map(([name]) => name).filter((name) => name !== whole)
const line = (name: string, middle: number, low: number): string =>
  `${name.padEnd(24)}${middle.toFixed(1).padStart(8)}${low.toFixed(1).padStart(8)}${((middle / median(whole)) * 100).toFixed(0).padStart(6)} %`
const sum = (of: (name: string) => number): number =>
  inner.reduce((total, name) => total + (name.startsWith('of it') ? 0 : of(name)), 0)
const lines = [
  `Kind ${kind}, ${bytes.length} bytes, made by ${corpus.madeBy}, ${cores}`,
  `µs, the middle and the least of the medians of ${rounds} rounds`,
  ...inner.map((name) => line(name, median(name), least(name))),
  line('rest', median(whole) - sum(median), least(whole) - sum(least)),
  line(whole, median(whole), least(whole)),
]
process.stdout.write(`${lines.join('\n')}\n`)
if (kept === undefined) process.exitCode = 1

function opened(element: XmlElement): XmlElement {
  const decrypted = decrypt(element, { decryptionKeys })
  if ('failure' in decrypted) throw new Error(decrypted.reason)
  return decrypted.element
}

function ofDecryption(element: XmlElement): Readonly<Record<string, () => unknown>> {
  const form = readEncryptedForm(element)
  const [wrapped] = typeof form === 'string' ? [] : form.keys
  if (typeof form === 'string' || wrapped === undefined) throw new Error('nothing to decrypt')
  const { value, digest, mask } = wrapped
  return {
    'decrypt, parse inside': () => opened(element),
    'of it RSA-OAEP': () => unwrapKey(value, decryptionKeys[0]!, { digest, mask, keyBytes: form.cipher.keyBytes }),
  }
}
