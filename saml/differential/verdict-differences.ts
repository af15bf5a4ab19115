// What xmlsec1 verifies and we refuse, with the reason. Nothing is the other way round.

import type { Difference } from './differences.ts'
import { readingDifferences } from './reading-differences.ts'

const accepted = /^accepted$/

const signatures: readonly (readonly [RegExp, string])[] = [
  [
    /^id-unique/,
    'an ID that stands twice in some spelling: xmlsec1 looks at the attribute that it was told, we at all',
  ],
  [/two signatures of one element/, 'two signatures of one element: xmlsec1 is told which one to verify'],
  [
    /^signature-reference: (an empty reference|#)/,
    'a reference to something else than the element that holds the signature (Core 5.4.2): what xmlsec1 verified is not what would be read',
  ],
  [/^signature-form: a Reference without URI/, 'a reference that names nothing'],
  [
    /^signature-form: (more than one Reference|the transforms)/,
    'references and transforms that SAML forbids (Core 5.4.4)',
  ],
  [/^signature-form: the canonicalization/, 'another canonicalization than exclusive C14N (Core 5.4.3)'],
  [
    /^signature-form: (parts other than|parameters of|unknown parameters)/,
    'parts of a signature that SAML has no use for',
  ],
  [/^signature-form: text in/, 'text between the parts of a signature, which its schema forbids: xmlsec1 overlooks it'],
  [
    /^signature-form: a (SignatureValue|DigestValue) that is not plain base64/,
    'base64 with something else in it: xmlsec1 skips what is none',
  ],
  [/^signature-form: (no |an InclusiveNamespaces|the prefix)/, 'parts of a signature out of their order or bounds'],
  [/^signature-algorithm/, 'an algorithm that we do not take: SHA-1, or one that only xmlsec1 knows'],
  [/^(no signature|no such element)/, 'a message or a signature of another name or at another place'],
  [/^certificate-current/, 'a certificate out of its dates: xmlsec1 is given its key only'],
]

export const verdictDifferences: readonly Difference[] = [
  ...signatures.map(([ours, reason]) => ({ ours, theirs: accepted, reason })),
  // What cannot be read cannot be verified: the reader's rows, those that are about our refusals.
  ...readingDifferences.filter(({ theirs }) => theirs?.test('read')).map((row) => ({ ...row, theirs: accepted })),
]
