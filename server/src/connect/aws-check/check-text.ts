import { awsSignInAddress } from '#connect/aws-check/aws-rules.ts'
import { type AwsExpectations, type AwsReport, checkForAws } from '#connect/aws-check/check-for-aws.ts'
import { type FoundMessage, findMessages, LARGEST_INPUT } from '#explain/find-messages.ts'
import { rootName } from '#explain/show-xml.ts'

const MOST_MESSAGES = 10

export type TextCode = 'nothing-given' | 'too-large' | 'no-response'

/** The text has nothing that could be checked. Said in a sentence, with what to do. */
export class TextRefused extends Error {
  readonly code: TextCode

  constructor(code: TextCode) {
    super(sentences[code])
    this.name = 'TextRefused'
    this.code = code
  }
}

const sentences: Readonly<Record<TextCode, string>> = {
  'nothing-given':
    'There is nothing to check. Paste the field SAMLResponse, its XML, the form, or a HAR file of the sign-in.',
  'too-large':
    'This is larger than 8 MiB. Paste the field SAMLResponse alone, or record the HAR file anew, from the sign-in page on.',
  'no-response':
    'There is no SAML response in it. In a HAR file the response is in the form that the identity provider posts to signin.aws.amazon.com; tick “Preserve log” before you record.',
}

/**
 * Checks every response in what somebody pasted: base64, XML, a form, a page, or a HAR file. Those for AWS come first, as
 * a sign-in may have others on its way. Throws `TextRefused` and nothing else.
 */
export function checkText(text: string, expectations: AwsExpectations, name?: string): readonly AwsReport[] {
  if (text.trim() === '') throw new TextRefused('nothing-given')
  if (Buffer.byteLength(text) > LARGEST_INPUT) throw new TextRefused('too-large')
  const found = findMessages(Buffer.from(text), name)
  const responses = found.length > 1 ? found.filter(isResponse) : found
  if (responses.length === 0) throw new TextRefused('no-response')
  const reports = responses
    .slice(-MOST_MESSAGES)
    .map((message) => checkForAws(message, { ...expectations, withForm: isWithForm(message) }))
  return reports.toSorted((one, other) => Number(isForAws(other)) - Number(isForAws(one)))
}

// Where a field or its XML was pasted by itself, nobody knows what stood beside it.
function isWithForm({ where }: FoundMessage): boolean {
  return /^entry \d+, the (?:form|page) |^a form in /.test(where)
}

function isResponse({ xml }: FoundMessage): boolean {
  return xml !== undefined && rootName(Buffer.from(xml).toString('utf8')) === 'Response'
}

function isForAws({ facts }: AwsReport): boolean {
  return (
    facts.roles.length > 0 || [facts.destination ?? '', ...facts.recipients].some((one) => awsSignInAddress.test(one))
  )
}
