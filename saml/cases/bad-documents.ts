// Bad cases of XML: what a reader could be made to read, run or fetch, or to read in another way than the one who signed.
// The reader's own tests have many more of each (src/xml/read.test.ts).

import { namespaces } from '../src/uris.ts'
import type { BadCase, BadCases } from './case.ts'
import { good, replace, signAssertion, signResponse, unsigned } from './one-change.ts'

function refused(title: string, failure: string, make: () => string | Uint8Array): BadCase {
  return { title, failures: [failure], make }
}

const doctype = (title: string, declaration: string, change = (xml: string): string => xml): BadCase =>
  refused(title, 'xml-doctype', () => declaration + change(good()))

const inName = (text: string) => (xml: string) => replace(xml, '>ada<', `>${text}<`)
const numbered = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join('')
const inSubject = (content: string) => (): string => replace(good(), '<saml:Subject>', `<saml:Subject>${content}`)
const laughs = numbered(9, (i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`)

const doctypes: BadCases = {
  'doctype-external-entity': doctype(
    'An entity that is a file of ours (XXE)',
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    inName('&e;'),
  ),
  'doctype-parameter-entity': doctype(
    'A parameter entity that fetches declarations',
    '<!DOCTYPE x [<!ENTITY % e SYSTEM "http://evil.example/x.dtd">%e;]>',
  ),
  'doctype-external-subset': doctype('An external subset', '<!DOCTYPE x SYSTEM "http://evil.example/x.dtd">'),
  'doctype-billion-laughs': doctype(
    'Entities of entities: a billion laughs',
    `<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]>`,
    inName('&l9;'),
  ),
  'doctype-quadratic': doctype(
    'One long entity, many times',
    `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(10_000)}">]>`,
    inName('&a;'.repeat(1000)),
  ),
  'doctype-attribute-defaults': doctype(
    'Attributes by default: another ID, another namespace',
    `<!DOCTYPE x [<!ATTLIST saml:Assertion ID ID "_evil" xmlns:saml CDATA #FIXED "urn:x">]>`,
  ),
  'doctype-notation': doctype('A notation', '<!DOCTYPE x [<!NOTATION n SYSTEM "calc.exe">]>'),
  'doctype-lower-case': doctype('In lower case', '<!doctype x>'),
  'doctype-after-comment': doctype('After a comment', '<!-- x --><!DOCTYPE x>'),
  'doctype-in-utf-16': refused('Hidden in UTF-16 from a search over bytes', 'message-encoding', () =>
    Buffer.from(`\ufeff<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${good()}`, 'utf16le'),
  ),
}

const declared = (declaration: string) => (): string => `<?xml ${declaration}?>${good()}`

const encodings: BadCases = {
  'encoding-utf-7': refused('Declared as UTF-7', 'message-encoding', declared('version="1.0" encoding="UTF-7"')),
  'encoding-latin-1': refused(
    'Declared as ISO-8859-1',
    'message-encoding',
    declared('version="1.0" encoding="ISO-8859-1"'),
  ),
  'encoding-ebcdic': refused('Declared as EBCDIC', 'message-encoding', declared('version="1.0" encoding="IBM037"')),
  'encoding-overlong': refused('An overlong form of <', 'message-encoding', () =>
    Buffer.from(inName('adaÀ¼')(good()), 'latin1'),
  ),
  'xml-1.1': refused('XML 1.1', 'xml-well-formed', declared('version="1.1"')),
  'two-declarations': refused('Two XML declarations', 'xml-processing-instruction', () =>
    declared('version="1.0"')().replace('?>', '?><?xml version="1.0"?>'),
  ),
  'two-roots': refused('Two responses one after another', 'xml-well-formed', () => good() + unsigned()),
  'text-after-root': refused('Text after the response', 'xml-well-formed', () => `${good()}x`),
  'not-closed': refused('A response that does not end', 'xml-well-formed', () => good().slice(0, -1)),
  'closed-by-another': refused('A tag that another one closes', 'xml-well-formed', () =>
    replace(good(), '</saml:NameID>', '</saml:Issuer>'),
  ),
  'nul-by-reference': refused('A NUL by reference', 'xml-well-formed', () => inName('ada&#0;.evil')(good())),
  'surrogate-by-reference': refused('Half a surrogate pair by reference', 'xml-well-formed', () =>
    inName('ada&#xD800;')(good()),
  ),
  'undeclared-entity': refused('An entity that nobody declared', 'xml-well-formed', () => inName('ada&e;')(good())),
}

const names: BadCases = {
  'look-alike-namespace': {
    title: 'The assertion is in a namespace that looks like SAML’s',
    failures: ['structure', 'assertion-single'],
    make: () =>
      signResponse(replace(unsigned(), '<saml:Assertion ', `<saml:Assertion xmlns:saml="${namespaces.assertion}%20" `)),
  },
  'spaced-namespace': refused('The assertion is in SAML’s namespace and a space', 'xml-namespaces', () =>
    replace(good(), '<saml:Assertion ', `<saml:Assertion xmlns:saml="${namespaces.assertion}&#x20;" `),
  ),
  'namespace-of-xml-rebound': refused('The prefix xml stands for another name', 'xml-namespaces', () =>
    replace(good(), '<saml:Subject>', '<saml:Subject xmlns:xml="urn:x">'),
  ),
  'undeclared-prefix': refused('A prefix that nobody declared', 'xml-namespaces', inSubject('<x:a/>')),
  'prefix-undeclared': refused('A prefix that is undeclared', 'xml-namespaces', inSubject('<a xmlns:saml=""/>')),
  'attribute-twice-by-namespace': refused(
    'An attribute twice, by two prefixes of one namespace',
    'xml-well-formed',
    inSubject('<a xmlns:x="urn:x" xmlns:y="urn:x" x:b="1" y:b="2"/>'),
  ),
  'colon-in-local-name': refused(
    'A name with two colons, which reads another way once it is written (CVE-2020-29511)',
    'xml-well-formed',
    inSubject('<saml:x:Audience/>'),
  ),
  'attribute-of-no-name': refused(
    'An attribute that begins with a colon (CVE-2020-29509)',
    'xml-well-formed',
    inSubject('<a :b="x"/>'),
  ),
}

const texts: BadCases = {
  'comment-in-issuer': {
    title: 'A comment splits the Issuer (VU#475445)',
    failures: ['structure', 'assertion-issuer'],
    make: () =>
      signAssertion(replace(unsigned(), '</saml:Issuer><saml:Subject>', '<!-- --></saml:Issuer><saml:Subject>')),
  },
  'comment-in-audience': {
    title: 'A comment splits the Audience (VU#475445)',
    failures: ['structure', 'audience'],
    make: () => signAssertion(replace(unsigned(), '</saml:Audience>', '<!-- -->.evil</saml:Audience>')),
  },
  'comment-in-attribute-value': {
    title: 'A comment splits an AttributeValue (VU#475445)',
    failures: ['structure'],
    make: () => signAssertion(replace(unsigned(), '>ada@example.org<', '>ada@example.org<!-- -->.evil.example<')),
  },
  'instruction-in-name-id': refused('A processing instruction splits the NameID', 'xml-processing-instruction', () =>
    inName('ada<?x?>.evil.example')(good()),
  ),
  'element-in-audience': {
    title: 'An element inside the Audience',
    failures: ['structure', 'audience'],
    make: () => signAssertion(replace(unsigned(), '</saml:Audience>', '<saml:NameID>x</saml:NameID></saml:Audience>')),
  },
}

const limits: BadCases = {
  'too-deep': refused('65 elements one in another', 'xml-limits', inSubject('<a>'.repeat(70) + '</a>'.repeat(70))),
  'too-many-attributes': refused(
    '65 attributes of one element',
    'xml-limits',
    inSubject(`<a ${numbered(65, (i) => ` b${i}=""`)}/>`),
  ),
  'too-many-namespaces': refused(
    '65 namespaces of one element',
    'xml-limits',
    inSubject(`<a ${numbered(65, (i) => ` xmlns:b${i}="urn:x"`)}/>`),
  ),
  'name-too-long': refused('A name of 300 characters', 'xml-limits', inSubject(`<${'a'.repeat(300)}/>`)),
}

export const badDocuments: BadCases = { ...doctypes, ...encodings, ...names, ...texts, ...limits }
