// What we write and sign is accepted by another service provider's library, node-saml, with the identity that was meant.
// (That xmlsec1 verifies every signature of ours is in signature/sign.test.ts.)

import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'
import { readKey } from '../cases/case.ts'
import { acs, idp, replace, sp, unsigned } from '../cases/one-change.ts'
import { encodePost } from '../src/bindings/post.ts'
import type { SignatureAlgorithm } from '../src/signature/algorithms.ts'
import { signXml } from '../src/signature/sign.ts'
import { uris } from '../src/uris.ts'

// As little of it as is used: its own types want those of a browser.
type Profile = Readonly<Record<string, unknown>> & { readonly attributes?: Readonly<Record<string, unknown>> }
type Library = {
  readonly SAML: new (
    options: object,
  ) => { validatePostResponseAsync: (fields: { SAMLResponse: string }) => Promise<{ profile: Profile | null }> }
}
const name: string = '@node-saml/node-saml'
const { SAML }: Library = await import(name)

const algorithms: readonly SignatureAlgorithm[] = [
  ...(['rsa-sha256', 'rsa-sha384', 'rsa-sha512'] as const),
  ...(['ecdsa-sha256', 'ecdsa-sha384', 'ecdsa-sha512'] as const),
]
// xml-crypto, which it verifies with, knows no others.
const known: readonly SignatureAlgorithm[] = ['rsa-sha256', 'rsa-sha512']
const signedParts = { assertion: ['_assertion'], response: ['_response'], both: ['_assertion', '_response'] } as const

const attributes = [
  { name: 'email', nameFormat: uris.attributeName.basic, values: ['ada@example.org'] },
  { name: 'groups', values: ['a & b', '<c>', 'Zoë 😀', ' d '] },
]

// It looks at the clock itself.
function responseOf(algorithm: SignatureAlgorithm, ids: readonly string[]): string {
  const now = new Date()
  const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)
  const pair = algorithm.startsWith('ecdsa') ? 'idp-ec' : 'idp'
  const signer = {
    algorithm,
    key: createPrivateKey(readKey(`${pair}.key`)),
    certificatePem: readKey(`${pair}.crt`),
  }
  const xml = unsigned(
    { issueInstant: now },
    { issueInstant: now, notBefore: at(-30), notOnOrAfter: at(300), authnInstant: at(-5), attributes },
  )
  return ids.reduce((text, id) => signXml(text, { id, signer }), xml)
}

function validate(xml: string, signed: string, pair = 'idp') {
  const provider = new SAML({
    idpCert: readKey(`${pair}.crt`),
    issuer: sp,
    audience: sp,
    callbackUrl: acs,
    idpIssuer: idp,
    acceptedClockSkewMs: 0,
    wantAssertionsSigned: signed !== 'response',
    wantAuthnResponseSigned: signed !== 'assertion',
    validateInResponseTo: 'never',
  })
  return provider.validatePostResponseAsync({ SAMLResponse: encodePost(xml) })
}

for (const algorithm of algorithms) {
  const takes = known.includes(algorithm)
  for (const [signed, ids] of Object.entries(signedParts)) {
    test(`Core 5.4: node-saml ${takes ? 'accepts' : 'does not know'} ${algorithm} (signed: ${signed})`, async () => {
      const answer = validate(responseOf(algorithm, ids), signed, algorithm.startsWith('ecdsa') ? 'idp-ec' : 'idp')
      if (!takes) {
        await assert.rejects(answer, /Invalid (document )?signature/)
        return
      }
      const { profile } = await answer
      const expected = {
        issuer: idp,
        nameID: 'ada',
        nameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
        sessionIndex: '_session',
        inResponseTo: '_request',
      }
      for (const [key, value] of Object.entries(expected)) assert.equal(profile?.[key], value, key)
      assert.deepEqual({ ...profile?.attributes }, { email: 'ada@example.org', groups: attributes[1]?.values })
    })
  }
}

test('Core 5.4: node-saml refuses what was changed after we signed it', async () => {
  const xml = responseOf('rsa-sha256', ['_assertion'])
  await assert.rejects(validate(replace(xml, '>ada<', '>eve<'), 'assertion'), /[Ii]nvalid/)
})
