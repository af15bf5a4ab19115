import { useMemo } from 'react'
import { type Answered, type AnswerOf, type BodyOf, type Method, type PathOf, type Sent, useApi } from '#api/api.tsx'
import type { paths } from '#api/described.ts'
import { usePlace } from '#frame/places.tsx'

const PREFIX = '/api/v1/environments/{environmentId}/'
type Prefix = typeof PREFIX

/** The addresses below an Environment, without what they all begin with. */
export type Below<M extends Method> =
  PathOf<M> extends infer P ? (P extends `${Prefix}${infer Rest}` ? Rest : never) : never
type Whole<R extends string> = Extract<`${Prefix}${R}`, keyof paths>

/** What a success holds. */
export type Found<R extends Below<M>, M extends Method = 'get'> = AnswerOf<Whole<R>, M>
/** One of a list. */
export type Listed<R extends Below<'get'>> = Found<R> extends { readonly items: readonly (infer T)[] } ? T : never

type Asked = Omit<Sent, 'body'>
type Ask<M extends Method> = <R extends Below<M>>(
  rest: R,
  sent?: Asked & { readonly body?: BodyOf<Whole<R>, M> },
) => Promise<Answered<Found<R, M>>>

type Here = {
  readonly get: <R extends Below<'get'>>(rest: R, sent?: Asked) => Promise<Found<R>>
  /** With the ETag, for what is changed later. */
  readonly getTagged: <R extends Below<'get'>>(rest: R, sent?: Asked) => Promise<Answered<Found<R>>>
  readonly post: Ask<'post'>
  readonly put: Ask<'put'>
  readonly patch: Ask<'patch'>
  readonly remove: Ask<'delete'>
  /** The key of an answer: no Environment sees what was kept of another one. */
  readonly key: (...parts: readonly unknown[]) => readonly unknown[]
}

/** The API of the Environment that the page is of. */
export function useHere(): Here {
  const api = useApi()
  const { id } = usePlace()
  return useMemo(() => {
    const by =
      (method: Method) =>
      (rest: string, sent: Sent = {}) =>
        api.send<never>(method, `${PREFIX}${rest}`, { ...sent, path: { ...sent.path, environmentId: id } })
    return {
      get: async (rest, sent) => (await by('get')(rest, sent)).data,
      getTagged: by('get'),
      post: by('post'),
      put: by('put'),
      patch: by('patch'),
      remove: by('delete'),
      key: (...parts) => ['environment', id, ...parts],
    }
  }, [api, id])
}
