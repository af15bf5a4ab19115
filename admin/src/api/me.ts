import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type AnswerOf, type Api, useApi } from '#api/api.tsx'
import { ApiProblem } from '#api/problem.ts'

export type Me = AnswerOf<'/api/v1/me', 'get'>
export type Role = Me['memberships'][number]['role']

/** Under which the answer is kept; null for somebody who is not signed in. */
export const ME = ['me'] as const

export function useMe() {
  const api = useApi()
  const query = useQuery({ queryKey: ME, queryFn: () => readMe(api), staleTime: 60_000 })
  useEffect(() => api.keepCsrfToken(query.data?.csrfToken), [api, query.data])
  return query
}

async function readMe(api: Api): Promise<Me | null> {
  try {
    const me = await api.get('/api/v1/me')
    api.keepCsrfToken(me.csrfToken)
    return me
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return null
    throw error
  }
}
