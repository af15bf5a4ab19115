/**
 * How an application on the same site asks Sallyport who is signed in: GET /{company}/{environment}/session with the
 * browser's cookies. It knows nothing of SAML, and that is the point.
 */

export type SessionAnswer =
  | { readonly kind: 'valid'; readonly user: SessionUser; readonly expiresAt: string }
  | { readonly kind: 'none' }
  /** `reason` is for the person who set this up. */
  | { readonly kind: 'unknown'; readonly reason: string }

export type SessionUser = {
  readonly id: string
  readonly username: string
  /** Names and e-mail are empty where Sallyport does not know them. */
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly userType: string
}

const answersWithin = 5_000

export async function askSallyport(question: {
  readonly sallyportUrl: string
  /** `company/environment` */
  readonly environment: string
  /** The Cookie header of the browser: cookies of one host are shared by all its ports (RFC 6265 8.5). */
  readonly cookie: string | undefined
}): Promise<SessionAnswer> {
  const url = `${question.sallyportUrl}/${question.environment}/session`
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json', ...(question.cookie === undefined ? {} : { cookie: question.cookie }) },
      redirect: 'manual',
      signal: AbortSignal.timeout(answersWithin),
    })
    if (response.status === 401) return { kind: 'none' }
    if (response.status !== 200) return { kind: 'unknown', reason: `${url} answered with status ${response.status}` }
    return readSession(await response.json()) ?? { kind: 'unknown', reason: `${url} answered something unexpected` }
  } catch {
    return { kind: 'unknown', reason: `${url} does not answer` }
  }
}

function readSession(body: unknown): SessionAnswer | undefined {
  if (!isRecord(body) || body.valid !== true || !isRecord(body.user) || !isRecord(body.session)) return undefined
  const text = (record: Readonly<Record<string, unknown>>, name: string) => String(record[name] ?? '')
  const { user, session } = body
  return {
    kind: 'valid',
    expiresAt: text(session, 'expiresAt'),
    user: {
      id: text(user, 'id'),
      username: text(user, 'username'),
      firstName: text(user, 'firstName'),
      lastName: text(user, 'lastName'),
      email: text(user, 'email'),
      userType: text(user, 'userType'),
    },
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
