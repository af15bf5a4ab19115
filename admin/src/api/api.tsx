/**
 * How the portal talks to the service: the administration API, with the cookie of whoever is signed in.
 *
 * Owns requests, their types (made of the API's description by scripts/admin-types.ts) and how refusals are read. Must
 * not know any page.
 */

import { createContext, type ReactNode, useContext } from 'react'
import type { paths } from '#api/described.ts'
import { ApiProblem, problemOf, unreachable } from '#api/problem.ts'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
/** The addresses that know a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { readonly [K in M]: object } ? P : never
}[keyof paths] &
  string

type Described<P extends keyof paths, M extends Method> = M extends keyof paths[P] ? paths[P][M] : never
type JsonIn<R> = R extends { readonly content: { readonly 'application/json': infer T } } ? T : undefined
type Good<R> = { [S in keyof R]: S extends 200 | 201 | 202 | 204 ? JsonIn<R[S]> : never }[keyof R]

/** What a success holds. */
export type AnswerOf<P extends keyof paths, M extends Method> =
  Described<P, M> extends { readonly responses: infer R } ? Good<R> : never
/** What is to be sent. */
export type BodyOf<P extends keyof paths, M extends Method> =
  Described<P, M> extends { readonly requestBody: { readonly content: { readonly 'application/json': infer T } } }
    ? T
    : undefined

type Values = Readonly<Record<string, string | number | boolean | undefined>>

export type Sent = {
  /** What stands for the names in braces. */
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Values
  readonly body?: unknown
  /** The ETag of the state that is changed. */
  readonly ifMatch?: string | undefined
}

export type Answered<T> = { readonly data: T; readonly etag: string | undefined }

export type Api = {
  /** Any address and method; the caller says what comes back. For what the description does not have. */
  readonly send: <T>(method: Method, address: string, sent?: Sent) => Promise<Answered<T>>
  readonly get: <P extends PathOf<'get'>>(path: P, sent?: Omit<Sent, 'body'>) => Promise<AnswerOf<P, 'get'>>
  /** Everything of the description, typed by it. */
  readonly ask: <M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    sent?: Omit<Sent, 'body'> & { readonly body?: BodyOf<P, M> },
  ) => Promise<Answered<AnswerOf<P, M>>>
  /** Sent along with every change: proves that it comes from the portal's own page. */
  readonly keepCsrfToken: (token: string | undefined) => void
}

export function createApi(): Api {
  let csrfToken: string | undefined
  const send: Api['send'] = async <T,>(method: Method, address: string, sent: Sent = {}) => {
    const response = await fetchAnswer(
      method,
      addressOf(address, sent),
      {
        ...(sent.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(sent.ifMatch === undefined ? {} : { 'if-match': sent.ifMatch }),
        ...(method === 'get' || csrfToken === undefined ? {} : { 'x-csrf-token': csrfToken }),
      },
      sent.body,
    )
    const body = await bodyOf(response)
    if (!response.ok) throw problemOf(response.status, body)
    return { data: body as T, etag: response.headers.get('etag') ?? undefined }
  }
  return {
    send,
    ask: send as Api['ask'],
    get: async (path, sent) => (await send<never>('get', path, sent)).data,
    keepCsrfToken: (token) => {
      csrfToken = token
    },
  }
}

async function fetchAnswer(
  method: Method,
  address: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): Promise<Response> {
  try {
    return await fetch(address, {
      method: method.toUpperCase(),
      headers: { accept: 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: 'same-origin',
    })
  } catch {
    throw new ApiProblem(unreachable)
  }
}

function addressOf(address: string, { path = {}, query = {} }: Sent): string {
  const filled = address.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value))
  }
  return search.size === 0 ? filled : `${filled}?${search}`
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const Context = createContext<Api | undefined>(undefined)

export function ApiProvider({ api, children }: { readonly api: Api; readonly children: ReactNode }) {
  return <Context value={api}>{children}</Context>
}

export function useApi(): Api {
  const api = useContext(Context)
  if (api === undefined) throw new Error('outside of ApiProvider')
  return api
}
