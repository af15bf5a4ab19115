/** One field of what was sent, and what is wrong with it. */
export type FieldProblem = { readonly path: string; readonly message: string }

/** What the API said instead of doing what was asked (RFC 9457), or that it could not be reached. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  /** 0 where no answer came. */
  readonly status: number
  readonly code: string
  readonly title: string
  readonly problems: readonly FieldProblem[]

  constructor(found: {
    readonly status: number
    readonly code: string
    readonly title: string
    readonly detail: string
    readonly problems?: readonly FieldProblem[] | undefined
  }) {
    super(found.detail)
    this.status = found.status
    this.code = found.code
    this.title = found.title
    this.problems = found.problems ?? []
  }
}

type Written = { readonly [key: string]: unknown }

/** Reads an answer that is no success; what stands between us and the service may have written it. */
export function problemOf(status: number, body: unknown): ApiProblem {
  const written: Written = typeof body === 'object' && body !== null ? (body as Written) : {}
  const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise)
  return new ApiProblem({
    status,
    code: text(written.code, `http-${status}`),
    title: text(written.title, 'The service did not do this'),
    detail: text(written.detail, 'The answer does not say why. Try again; the log of the service may say more.'),
    problems: Array.isArray(written.problems) ? (written.problems as FieldProblem[]) : [],
  })
}

export const unreachable = {
  status: 0,
  code: 'unreachable',
  title: 'The service cannot be reached',
  detail: 'Check your connection, then try again. Nothing that you entered is lost.',
}
