// Mistakes that somebody could make in the core, one textual change each, and the test files that must notice. The text that is
// replaced must be there exactly once: a row that does not fit the code any more fails, so the list stays in step.

export type Mistake = Change & {
  readonly name: string
  /** Where one change is not enough. */
  readonly also?: Change
  readonly noticedBy: readonly string[]
}

/** `file` is below saml/. */
export type Change = { readonly file: string; readonly from: string; readonly to: string }

const judge = 'src/messages/judge-response.test.ts'
const verify = 'src/signature/verify.test.ts'
const read = 'src/xml/read.test.ts'
const cases = 'cases/cases.test.ts'
const c14n = 'src/c14n/exclusive.test.ts'
const decryption = 'src/encryption/decrypt.test.ts'

export const mistakes: readonly Mistake[] = [
  {
    name: 'an ID that stands twice is overlooked',
    file: 'src/messages/structure.ts',
    from: 'if (seen.has(value)) twice.add(value)',
    to: '',
    noticedBy: [cases, judge],
  },
  {
    name: 'a second Reference is accepted',
    file: 'src/signature/form.ts',
    from: "if (more.length > 0) return refuse('more than one Reference')",
    to: '',
    noticedBy: [cases, verify],
  },
  {
    name: 'a second SignedInfo is accepted',
    file: 'src/signature/form.ts',
    from: '...rest] = elementsOnly(signature)',
    to: "...rest] = elementsOnly(signature).filter((part, i) => i === 0 || part.local !== 'SignedInfo')",
    noticedBy: [cases, verify],
  },
  {
    name: 'canonicalization forgets the namespaces of attributes',
    file: 'src/c14n/exclusive.ts',
    from: "if (prefix !== '') now = withDeclared(now, prefix, namespace)",
    to: '',
    noticedBy: [c14n, 'differential/c14n.test.ts'],
  },
  {
    name: 'canonicalization leaves attributes as they stand',
    file: 'src/c14n/exclusive.ts',
    from: 'inCanonicalOrder(element.attributes)',
    to: 'element.attributes',
    noticedBy: [c14n, 'differential/c14n.test.ts'],
  },
  {
    name: 'canonicalization orders by UTF-16 code units',
    file: 'src/c14n/order.ts',
    from: 'return surrogates === 0 ? x - y : surrogates',
    to: 'return x - y',
    noticedBy: [c14n, 'differential/c14n.test.ts'],
  },
  {
    name: 'a start tag that declares a namespace is copied',
    file: 'src/xml/reader.ts',
    from: 'this.#canonical = false\n    const usual',
    to: 'const usual',
    noticedBy: [c14n, 'differential/c14n.test.ts'],
  },
  {
    name: 'a start tag is copied whatever namespaces are declared around the apex',
    file: 'src/c14n/exclusive.ts',
    from: 'return namespaceOf(rendered, element.prefix) === element.namespace',
    to: 'return true',
    noticedBy: [c14n, 'differential/c14n.test.ts'],
  },
  {
    name: 'a whole element is copied although another prefix is used below it',
    file: 'src/xml/reader.ts',
    from: 'if ((open.verbatim & verbatimWhole) !== verbatimWhole || open.prefix !== parent.prefix) {',
    to: 'if ((open.verbatim & verbatimWhole) !== verbatimWhole) {',
    noticedBy: [c14n, 'differential/c14n.test.ts'],
  },
  {
    name: 'a whole element is copied with what is to be left out',
    file: 'src/c14n/exclusive.ts',
    from: 'this.#omit.start >= element.start && this.#omit.end <= element.end',
    to: 'this.#omit === element',
    noticedBy: [c14n, 'differential/c14n.test.ts'],
  },
  {
    name: 'a start tag is written like the one before it, whatever was declared around it',
    file: 'src/c14n/exclusive.ts',
    from: 'last.rendered === rendered &&',
    to: '',
    noticedBy: [c14n, 'differential/c14n.test.ts'],
  },
  {
    name: 'a start tag is read like the one before it, whatever is declared around it',
    file: 'src/xml/reader.ts',
    from: 'before.parent?.scope !== parent?.scope || ',
    to: '',
    noticedBy: [c14n, read, 'differential/c14n.test.ts'],
  },
  {
    name: 'the key is taken from KeyInfo',
    file: 'src/signature/verify.ts',
    from: 'for (const candidate of candidates(algorithm.keyType, options)) {',
    to: 'for (const candidate of form.certificateHint === undefined ? [] : parseCertificates(form.certificateHint)) {',
    noticedBy: [cases, verify],
  },
  {
    name: 'HMAC is accepted, with the public certificate as its secret',
    file: 'src/signature/algorithms.ts',
    from: "['http://www.w3.org/2000/09/xmldsig#rsa-sha1',",
    to: "['http://www.w3.org/2001/04/xmldsig-more#hmac-sha256', { keyType: 'rsa', hash: 'sha256', weak: false }],\n  ['http://www.w3.org/2000/09/xmldsig#rsa-sha1',",
    also: {
      file: 'src/signature/verify.ts',
      from: 'if (cryptoVerify(algorithm.hash, data, key, form.signatureValue)) {',
      to: "const secret = process.getBuiltinModule('node:crypto').createHmac('sha256', candidate.pem)\n    if (form.signatureMethod.includes('hmac') ? secret.update(data).digest().equals(form.signatureValue) : cryptoVerify(algorithm.hash, data, key, form.signatureValue)) {",
    },
    noticedBy: [cases, verify],
  },
  {
    name: 'SHA-1 is accepted',
    file: 'src/signature/algorithms.ts',
    from: "keyType: 'rsa', hash: 'sha1', weak: true",
    to: "keyType: 'rsa', hash: 'sha1', weak: false",
    noticedBy: [cases, verify],
  },
  {
    name: 'what the Reference names is not looked at',
    file: 'src/signature/verify.ts',
    from: "if (id === undefined || id === '' || form.referenceUri !== expected) {",
    to: "if (id === undefined || id === '') {",
    noticedBy: [cases, verify],
  },
  {
    name: 'every digest is right',
    file: 'src/signature/verify.ts',
    from: 'if (computed === form.digestValue)',
    to: 'if (computed.length === form.digestValue.length)',
    noticedBy: [cases, verify],
  },
  {
    name: 'every signature is right',
    file: 'src/signature/verify.ts',
    from: 'if (cryptoVerify(algorithm.hash, data, key, form.signatureValue)) {',
    to: 'if (cryptoVerify(algorithm.hash, data, key, form.signatureValue) || data.length > 0) {',
    noticedBy: [cases, verify],
  },
  {
    name: 'an audience that begins as it should is enough',
    file: 'src/messages/assertion-checks.ts',
    from: '(list: readonly string[]) => list.includes(expectedAudience)',
    to: '(list: readonly string[]) => list.some((one) => one.startsWith(expectedAudience))',
    noticedBy: [cases, judge],
  },
  {
    name: 'of several audience restrictions one is enough',
    file: 'src/messages/assertion-checks.ts',
    from: 'lists.every(isOurs)',
    to: 'lists.some(isOurs)',
    noticedBy: [cases, judge],
  },
  {
    name: 'the recipient is not looked at',
    file: 'src/messages/assertion-checks.ts',
    from: "compared('confirmation-recipient', 'assertion', input.expectedRecipient, recipient)",
    to: "passed('confirmation-recipient', 'assertion')",
    noticedBy: [cases, judge],
  },
  {
    name: 'the request that the assertion answers is not looked at',
    file: 'src/messages/assertion-checks.ts',
    from: "return compared('in-response-to', 'assertion', expected, received)",
    to: "return passed('in-response-to', 'assertion')",
    noticedBy: [cases, judge],
  },
  {
    name: 'nothing expires',
    file: 'src/messages/assertion-checks.ts',
    from: 'if (instant > window.now - window.skew)',
    to: 'if (instant > 0)',
    noticedBy: [cases, judge],
  },
  {
    name: 'the skew makes the time shorter',
    file: 'src/messages/assertion-checks.ts',
    from: 'if (instant > window.now - window.skew)',
    to: 'if (instant > window.now + window.skew)',
    noticedBy: [judge],
  },
  {
    name: 'the halves of two confirmations add up',
    file: 'src/messages/assertion-checks.ts',
    from: 'if (soundYet || reported === undefined) reported = findings',
    to: "const before = reported\n    reported = before === undefined ? findings : { ...before, checks: before.checks.map((check, i) => (check.outcome === 'failed' ? (findings.checks[i] ?? check) : check)) }",
    noticedBy: [cases, judge],
  },
  {
    name: 'several assertions are accepted, and the first is read',
    file: 'src/messages/find-assertion.ts',
    from: 'if (count !== 1) return',
    to: 'if (count < 1) return',
    noticedBy: [cases, judge],
  },
  {
    name: 'the structure is not looked at',
    file: 'src/messages/message.ts',
    from: 'return faults.length === 0',
    to: 'return faults.length >= 0',
    noticedBy: [cases, judge],
  },
  {
    name: 'text around a comment is joined',
    file: 'src/xml/reader.ts',
    from: 'if (open !== undefined) open.hasComment = true',
    to: '',
    noticedBy: [cases, verify, judge],
  },
  {
    name: 'what nobody signed is accepted',
    file: 'src/signature/verify.ts',
    from: 'if (signature === undefined) return { checks: [] }',
    to: "if (signature === undefined) return { checks: [passed('signature-form', about)], signed: markSigned(element) }",
    noticedBy: [cases, judge],
  },
  {
    name: 'a Success anywhere in the status counts',
    file: 'src/messages/status.ts',
    from: 'if (value === uris.status.success)',
    to: 'if (value === uris.status.success || JSON.stringify(code?.children.map((one) => typeof one === "string" ? one : one.attributes)).includes(uris.status.success))',
    noticedBy: [judge],
  },
  {
    name: 'an expired certificate is accepted',
    file: 'src/signature/verify.ts',
    from: "return validity(certificate, now) === 'valid'",
    to: "return validity(certificate, now) !== 'before'",
    noticedBy: [verify],
  },
  {
    name: 'a DOCTYPE is skipped',
    file: 'src/xml/reader.ts',
    from: "this.#fail('xml-doctype', 'a DOCTYPE', tag)",
    to: "this.#position = source.indexOf('>', tag) + 1",
    noticedBy: [read, cases],
  },
  {
    name: 'a namespace that is no absolute URI is accepted',
    file: 'src/xml/names.ts',
    from: "if (uri !== '' && !absolute.test(uri)) return",
    to: "if (uri === 'no name at all') return",
    noticedBy: [read, cases],
  },
  {
    name: 'RSA-OAEP: the hash of the label is not looked at',
    file: 'src/encryption/oaep.ts',
    from: 'for (let i = 0; i < length; i++) wrong |= (block[i] ?? 0) ^ (labelHash[i] ?? 0)',
    to: '',
    noticedBy: ['src/encryption/oaep.test.ts'],
  },
  {
    name: 'AES-GCM: a short tag is enough',
    file: 'src/encryption/decrypt.ts',
    from: '{ authTagLength: 16 })\n  aes.setAuthTag(value.subarray(-16))',
    to: '{ authTagLength: 4 })\n  aes.setAuthTag(value.subarray(-16, -12))',
    noticedBy: [decryption],
  },
  {
    name: 'AES-CBC is accepted without being asked for',
    file: 'src/encryption/decrypt.ts',
    from: '!authenticated && options.dangerouslyAllowCbc !== true',
    to: 'form.value.length === 0',
    noticedBy: [decryption],
  },
]
