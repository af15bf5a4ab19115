// Where our content model and the schemas part, with the reason.

import type { Difference } from './differences.ts'

const missing = (local: string, attribute: string): RegExp =>
  new RegExp(`\\}${local}': The attribute '${attribute}' is required but missing`)

/** Valid by the content model, not by the schemas. */
export const acceptedByUsOnly: readonly Difference[] = [
  {
    // A value with a line break in it breaks off the message of xmllint.
    theirs: /is not a valid value of the|is not a valid value\.|The QName value|: '[^']*$/,
    reason: 'simple types: a value is judged by the check that reads it, and the others are not read',
  },
  {
    theirs: missing('\\w+', 'Version'),
    reason: 'a Version that is missing: the check `version` says so',
  },
  {
    theirs: missing('AuthnRequest', '\\w+'),
    reason: 'an AuthnRequest without ID or IssueInstant: readAuthnRequest says so',
  },
  {
    theirs: missing('StatusCode', 'Value'),
    reason: 'a StatusCode without Value: it is not Success, the check `status` says so',
  },
  {
    theirs: missing('SubjectConfirmation', 'Method'),
    reason: 'a SubjectConfirmation without Method: it is not bearer, so it confirms nothing',
  },
  {
    theirs: missing('AuthnStatement', 'AuthnInstant'),
    reason: 'an AuthnStatement without AuthnInstant: the check `authn-statement` says so',
  },
  {
    theirs: /\}Subject': Missing child element/,
    reason: 'an empty Subject: nothing confirms it, the check `confirmation-bearer` says so',
  },
  {
    theirs: /\}AuthnContext': Missing child element|\}AuthenticatingAuthority': This element is not expected/,
    reason: 'an AuthnContext that says nothing: nothing is read from it',
  },
  {
    theirs: /\}(Advice|Extensions|StatusDetail|Scoping)': (Character content|Missing child|This element)/,
    reason: 'what extensions hold: it is never read, and can be nothing of SAML',
  },
  {
    theirs: /Character content is not allowed, because the content type is empty/,
    reason: 'white space in an element that is to be empty: the schema wants not even that',
  },
  {
    theirs: /Character content other than whitespace is not allowed/,
    document: /<!\[CDATA\[\s*\]\]>/,
    reason: 'white space in a CDATA section: libxml2 takes every CDATA section for text',
  },
]

/** Valid by the schemas, not for us. */
export const acceptedBySchemaOnly: readonly Difference[] = [
  { ours: /^xml-doctype/, reason: 'a DOCTYPE' },
  { ours: /^xml-processing-instruction/, reason: 'a processing instruction: SAML has none' },
  {
    ours: /^xml-namespaces/,
    reason: 'namespaces that libxml2 takes as they are: relative, or bound against the rules',
  },
  { ours: /^id-unique/, reason: 'an ID that stands twice in some spelling: the schema knows only xs:ID' },
  { ours: /^no message/, reason: 'a message of another kind than the four that we judge' },
  {
    ours: /AttributeValue (holds an element where text belongs|has the attribute)/,
    reason: 'anything in an AttributeValue: xs:anyType has room for elements and attributes of all kinds, we read text',
  },
  {
    ours: /SubjectConfirmationData(\/\S+ (is out of place|has no place)| holds text| has the attribute)/,
    reason: 'anything in SubjectConfirmationData: a bearer confirmation has attributes and no content',
  },
  {
    ours: /(Attribute|SubjectConfirmationData) has the attribute (xml|saml\w*|samlp|ds|\w+):/,
    reason: 'attributes of xml, SAML or signatures on elements that may have foreign ones',
  },
  {
    ours: /lacks the attribute/,
    reason: 'an attribute that must be there and is empty: to us that is the same as none',
  },
  {
    ours: /has no place here|has no place in an extension|is out of place/,
    reason: 'elements of the schemas that Web Browser SSO has no use for, and SAML inside of extensions',
  },
  { ours: /holds a comment inside its text/, reason: 'a comment in a text, which has two readings (VU#475445)' },
]
