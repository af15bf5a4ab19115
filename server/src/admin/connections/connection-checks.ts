// Whether a connection is set up rightly: what can be seen from here, and what the identity provider's last answer told.

import { sourcesOf } from '#admin/connections/connection-reading.ts'
import type { Call } from '#admin/operations.ts'
import type { Connection } from '#connections/connections.ts'
import { readMetadata } from '#connections/read-metadata.ts'
import { certificatesIn, warningsOf } from '#connections/warnings.ts'
import { fetchText, OutgoingError } from '#http/outgoing.ts'
import { findLastAnswer } from '#signin-records/last-answer.ts'
import type { SigninRecord } from '#signin-records/signin-records.ts'
import type { Handle } from '#storage/database.ts'

export const checkCodes = [
  'metadata-readable',
  'issuer-equals',
  'certificate-in-metadata',
  'certificate-valid',
  'sign-in-address',
  'first-answer',
  'user-id-found',
  'attributes-arrived',
] as const

export type ConnectionCheck = {
  readonly code: (typeof checkCodes)[number]
  /** Null: could not be checked. */
  readonly ok: boolean | null
  readonly sentence: string
  /** Null where there is nothing to do. */
  readonly cure: string | null
}
type Finding = Omit<ConnectionCheck, 'code'>

export type CheckCall = Pick<Call<unknown, unknown, unknown>, 'config' | 'now'> & { readonly db: Handle }

const FETCH_MS = 5_000

export async function checkConnection(call: CheckCall, connection: Connection): Promise<readonly ConnectionCheck[]> {
  const answer = await findLastAnswer(call.db, connection.environmentId, connection.id)
  const [published, address] = await Promise.all([checkPublished(call, connection), checkAddress(call, connection)])
  const found: Readonly<Record<ConnectionCheck['code'], Finding>> = {
    ...published,
    'certificate-valid': checkCertificates(connection, call.now),
    'sign-in-address': address,
    'first-answer': checkAnswer(answer),
    'user-id-found': checkUserId(connection, answer),
    'attributes-arrived': checkAttributes(connection, answer),
  }
  return checkCodes.map((code) => ({ code, ...found[code] }))
}

const fine = (sentence: string): Finding => ({ ok: true, sentence, cure: null })
const wrong = (sentence: string, cure: string): Finding => ({ ok: false, sentence, cure })
const unknown = (sentence: string, cure: string): Finding => ({ ok: null, sentence, cure })

type Published = 'metadata-readable' | 'issuer-equals' | 'certificate-in-metadata'

async function checkPublished(
  call: CheckCall,
  { settings, identityProviderMetadataUrl: url }: Connection,
): Promise<Record<Published, Finding>> {
  const later = unknown('Not checked: the metadata was not read.', 'Give an address of the metadata that can be read.')
  const rest = { 'issuer-equals': later, 'certificate-in-metadata': later }
  if (url === undefined) {
    const none = unknown(
      'The address of the identity provider’s metadata is not known.',
      'Give it here if there is one; without it everything works, and a change there is not noticed.',
    )
    return { 'metadata-readable': none, ...rest }
  }
  const read = await readMetadata({ metadataUrl: url }, sourcesOf(call))
  if (!read.ok) {
    const cure = 'Check the address, and open it from this server. The document may be handed in as a file as well.'
    return {
      'metadata-readable': wrong(`${read.problems[0]?.message ?? 'It cannot be read'}`.replace(/[^.]$/, '$&.'), cure),
      ...rest,
    }
  }
  const { issuer, issuerCertificates } = read.settings
  const theirs = fingerprintsOf((issuerCertificates ?? []) as readonly string[])
  const ours = new Set(fingerprintsOf(settings.issuerCertificates))
  const again = 'Read the metadata anew and save what it says.'
  return {
    'metadata-readable': fine('The metadata can be read.'),
    'issuer-equals':
      issuer === settings.issuer
        ? fine('The issuer is the one of the metadata.')
        : wrong(`The metadata is of “${String(issuer)}”, and the Issuer here is “${settings.issuer}”.`, again),
    'certificate-in-metadata': theirs.every((one) => ours.has(one))
      ? fine('The certificates of the metadata are here.')
      : wrong('The metadata has a certificate that is not here: the identity provider has changed it, or will.', again),
  }
}

function fingerprintsOf(pems: readonly string[]): readonly string[] {
  return pems.flatMap(certificatesIn).flatMap((one) => (one === undefined ? [] : [one.fingerprint]))
}

function checkCertificates({ settings }: Connection, now: Date): Finding {
  const certificates = settings.issuerCertificates.flatMap(certificatesIn).filter((one) => one !== undefined)
  const warning = warningsOf({ settings }, now).find(({ code }) => code.startsWith('certificate-'))
  if (certificates.some(({ notBefore, notAfter }) => notBefore <= now && now <= notAfter)) {
    return warning === undefined
      ? fine('The signing certificate is valid.')
      : { ok: true, sentence: warning.sentence, cure: warning.cure }
  }
  if (warning !== undefined) return wrong(warning.sentence, warning.cure)
  const cure = 'Read it from the identity provider’s metadata, or hand in its file.'
  return wrong('There is no signing certificate yet, so no answer can be believed.', cure)
}

/** What a browser would be answered is nobody's business here; that something answers is enough. */
const answered: readonly string[] = ['status', 'redirected', 'not-text', 'too-large'] satisfies OutgoingError['code'][]
const notAllowed: readonly string[] = ['not-https', 'private-address'] satisfies OutgoingError['code'][]

async function checkAddress({ config }: CheckCall, { settings }: Connection): Promise<Finding> {
  const url = settings.thirdPartyAuthenticationUrl
  const cure = 'Compare the address with the identity provider’s page about this application.'
  if (url === '') return wrong('The sign-in address is not given yet.', cure)
  try {
    await fetchText(url, { allowPrivateHosts: config.allowPrivateHosts ?? [], timeoutMs: FETCH_MS })
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error
    if (notAllowed.includes(error.code)) {
      const sentence =
        'Not checked: the sign-in address is not one of the public internet, and browsers alone go there.'
      return unknown(sentence, 'Open it in a browser. SALLYPORT_ALLOW_PRIVATE_HOSTS lets this server look, too.')
    }
    if (!answered.includes(error.code)) return wrong(`${error.message}.`, cure)
  }
  return fine('The sign-in address answers.')
}

function checkAnswer(answer: SigninRecord | undefined): Finding {
  if (answer === undefined) return unknown('No answer of the identity provider has come yet.', 'Sign in once.')
  const at = answer.startedAt.toISOString().slice(0, 16).replace('T', ' ')
  if (answer.outcome !== 'refused') return fine(`The last answer, of ${at} UTC, was accepted.`)
  return wrong(
    `The last answer, of ${at} UTC, was refused (${answer.reason}).`,
    `Look at the sign-in record ${answer.reference}: it says what came and what to do.`,
  )
}

function checkUserId({ settings }: Connection, answer: SigninRecord | undefined): Finding {
  const check = answer?.details.checks.find(({ code }) => code === 'user-id')
  if (check === undefined || check.outcome === 'not-reached' || check.outcome === 'not-checked')
    return unknown('No answer has come in which the user id could be looked for.', 'Sign in once.')
  const where =
    settings.userIdLocation === 'attribute' ? `the attribute “${settings.userIdAttribute}”` : 'the Subject (Name ID)'
  if (check.outcome === 'passed') return fine(`The user id was found in ${where}.`)
  return wrong(
    `The last answer had not exactly one user id in ${where}.`,
    'Let the identity provider send it there, or correct User Id Location and Attribute for User ID. Names are case-sensitive.',
  )
}

function checkAttributes({ settings }: Connection, answer: SigninRecord | undefined): Finding {
  const { userIdLocation, userIdAttribute, createUsers } = settings
  const mapped = createUsers.enabled ? Object.values(createUsers.attributes) : []
  const wanted = [...(userIdLocation === 'attribute' ? [userIdAttribute] : []), ...mapped]
  const names = [...new Set(wanted.filter((name) => name !== undefined))]
  const came = answer?.details.answer?.attributeNames
  if (came === undefined) return unknown('No answer of the identity provider has come yet.', 'Sign in once.')
  const missing = names.filter((name) => !came.includes(name))
  if (missing.length === 0) return fine(names.length === 0 ? 'No attributes are asked for.' : 'All attributes came.')
  const others = came.length === 0 ? 'None came at all' : `What came: ${came.join(', ')}`
  return wrong(
    `The last answer lacked ${missing.join(', ')}.`,
    `Let the identity provider send them under exactly these names, or change the names here. ${others}.`,
  )
}
