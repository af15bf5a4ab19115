// Where our reader and libxml2's part, with the reason. All of them are refusals of ours.

import type { Difference } from './differences.ts'

export const readingDifferences: readonly Difference[] = [
  { ours: /xml-doctype/, theirs: /^read/, reason: 'a DOCTYPE, which could declare entities and default attributes' },
  { ours: /xml-processing-instruction/, theirs: /^read/, reason: 'a processing instruction: SAML has none' },
  { ours: /XML version/, theirs: /^read/, reason: 'another version than 1.0: libxml2 warns and reads on' },
  {
    ours: /the prefix .* is not declared/,
    theirs: /^read/,
    reason: 'a prefix that is not declared: libxml2 reports it and takes the name as having a colon in it',
  },
  {
    ours: /is undeclared|xmlns cannot be declared|xml cannot be bound|with the prefix xmlns/,
    theirs: /^read/,
    reason: 'a declaration that Namespaces in XML forbids: libxml2 reports it and leaves it out',
  },
  {
    ours: /is no absolute URI/,
    theirs: /^read/,
    reason:
      'a namespace that is no absolute URI and in no output: libxml2 canonicalizes what does not hold it, we read none',
  },
  {
    ours: /message-encoding (bytes|encoding)|a character that XML does not allow/,
    theirs: /^read/,
    document: /^(\xfe\xff|\xff\xfe|<\0)|^<\?xml[^>]*encoding=["'](?!utf-8["'])/i,
    reason: 'another encoding than UTF-8',
  },
  {
    ours: /a character that XML does not allow/,
    theirs: /^read/,
    document: />\s*\0/,
    reason: 'a NUL behind the root, where libxml2 takes the document to end',
  },
  {
    ours: /:.*" is not a name/,
    theirs: /^read/,
    reason: 'a name with a colon where none may be: libxml2 reports it and takes the name as it is',
  },
]
