// The libraries that are compared, each with the settings that ask of it what it can check, and with its keys made once.

import { createPrivateKey } from 'node:crypto'
import saml20 from '@boxyhq/saml20'
import { SAML } from '@node-saml/node-saml'
import { decodePost, judgeResponse, parseCertificates } from '@sallyport/saml'
import { IdentityProvider, ServiceProvider, setSchemaValidator } from 'samlify'
import { type Contender, processorClock, wallClock } from './contender.ts'
import type { Corpus } from './corpus.ts'
import { names } from './documents.ts'
import { verifyAll } from './xml-crypto.ts'

/** Ours: from the text of the field to the claims, with everything expected that can be expected. */
export function sallyport(corpus: Corpus): Contender {
  const certificates = parseCertificates(corpus.signer.certificatePem)
  const expectations = {
    now: corpus.now,
    certificates,
    expectedIssuer: names.issuer,
    expectedAudience: names.audience,
    expectedRecipient: names.recipient,
    expectedInResponseTo: names.request,
    decryptionKeys: [createPrivateKey(corpus.recipient.keyPem)],
  }
  return {
    name: '@sallyport/saml',
    batch: 100,
    clock: wallClock,
    prepare: (message) => {
      const requireSigned = message.signedParts.length === 2 ? 'both' : (message.signedParts[0] ?? 'any')
      const check = (field: string) => {
        const { claims, checks } = judgeResponse({ message: decodePost(field), ...expectations, requireSigned })
        if (claims !== undefined) return claims
        throw new Error(checks.map(({ code, outcome, received }) => `${code} ${outcome} ${received}`).join('; '))
      }
      const count = check(message.field).attributes.reduce((sum, { values }) => sum + values.length, 0)
      if (count !== message.valueCount) throw new Error(`${count} values read of ${message.valueCount}`)
      return check
    },
  }
}

const slow = { batch: 3, clock: processorClock } as const

export function peers(corpus: Corpus): readonly Contender[] {
  return [nodeSaml(corpus), samlify(corpus), boxyhq(corpus), xmlCrypto(corpus)]
}

function nodeSaml({ signer, recipient }: Corpus): Contender {
  return {
    name: '@node-saml/node-saml',
    ...slow,
    prepare: ({ signedParts }) => {
      const saml = new SAML({
        idpCert: signer.certificatePem,
        idpIssuer: names.issuer,
        issuer: names.audience,
        audience: names.audience,
        callbackUrl: names.recipient,
        decryptionPvk: recipient.keyPem,
        wantAssertionsSigned: signedParts.includes('assertion'),
        wantAuthnResponseSigned: signedParts.includes('response'),
      })
      return async (field) => {
        const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: field })
        if (profile?.nameID !== names.subject) throw new Error('another subject')
        return profile
      }
    },
  }
}

function samlify({ signer, recipient }: Corpus): Contender {
  // It asks for a schema validator; one that looks at nothing is its fastest.
  setSchemaValidator({ validate: async () => 'not looked at' })
  const bare = signer.certificatePem.replaceAll(/-----[A-Z ]+-----|\s/g, '')
  const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'
  return {
    name: 'samlify',
    ...slow,
    prepare: ({ kind, signedParts }) => {
      const identityProvider = IdentityProvider({
        entityID: names.issuer,
        signingCert: bare,
        isAssertionEncrypted: kind === 'd',
        requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
        singleSignOnService: [{ Binding: post, Location: `${names.issuer}sso` }],
        singleLogoutService: [{ Binding: post, Location: `${names.issuer}slo` }],
      })
      const serviceProvider = ServiceProvider({
        entityID: names.audience,
        encPrivateKey: recipient.keyPem,
        wantAssertionsSigned: signedParts.includes('assertion'),
        wantMessageSigned: signedParts.includes('response'),
        assertionConsumerService: [{ Binding: post, Location: names.recipient }],
      })
      return async (field) => {
        const { extract } = await serviceProvider.parseLoginResponse(identityProvider, 'post', {
          body: { SAMLResponse: field },
        })
        if (extract.nameID !== names.subject) throw new Error('another subject')
        return extract
      }
    },
  }
}

function boxyhq({ signer, recipient }: Corpus): Contender {
  const options = {
    publicKey: signer.certificatePem,
    privateKey: recipient.keyPem,
    audience: names.audience,
    inResponseTo: names.request,
  }
  return {
    name: '@boxyhq/saml20',
    ...slow,
    prepare: () => async (field) => {
      const profile = await saml20.default.validate(Buffer.from(field, 'base64').toString('utf8'), options)
      if (Object.keys(profile.claims).length === 0) throw new Error('no claims')
      return profile
    },
  }
}

// The signatures alone, nothing of SAML.
function xmlCrypto({ signer }: Corpus): Contender {
  return {
    name: 'xml-crypto',
    ...slow,
    prepare: ({ kind }) =>
      kind === 'd'
        ? undefined
        : (field) => verifyAll(Buffer.from(field, 'base64').toString('utf8'), signer.certificatePem),
  }
}
