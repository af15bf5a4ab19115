import { useQuery } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { type AnswerOf, useApi } from '#api/api.tsx'
import { useMe } from '#api/me.ts'

/** An Environment that whoever is signed in may see, with its Company. */
export type Place = AnswerOf<'/api/v1/environments', 'get'>['items'][number]

export function usePlaces() {
  const api = useApi()
  return useQuery({ queryKey: ['environments'], queryFn: () => api.get('/api/v1/environments'), staleTime: 60_000 })
}

const Context = createContext<Place | undefined>(undefined)
export const PlaceProvider = Context

/** The Environment that the address names. */
export function usePlace(): Place {
  const place = useContext(Context)
  if (place === undefined) throw new Error('outside of an Environment')
  return place
}

/** The beginning of the address of its pages. */
export function baseOf(place: Place): string {
  return `/${place.company.slug}/${place.slug}`
}

export type Company = Place['company']

export function useCompanies() {
  const api = useApi()
  return useQuery({ queryKey: ['companies'], queryFn: () => api.get('/api/v1/companies'), staleTime: 60_000 })
}

const CompanyContext = createContext<Company | undefined>(undefined)
export const CompanyProvider = CompanyContext

/** The Company that the address names, of pages beside the Environments. */
export function useCompany(): Company {
  const company = useContext(CompanyContext)
  if (company === undefined) throw new Error('outside of a Company')
  return company
}

/** Whether whoever is signed in may do that in this Environment: the API judges it, this spares people a refusal. */
export function useMay(): (scope: string) => boolean {
  return useMayIn(usePlace().company.id)
}

export function useMayIn(companyId: string): (scope: string) => boolean {
  const { data: me } = useMe()
  if (!me) return () => false
  if (me.administrator.operator) return () => true
  const membership = me.memberships.find((one) => one.company.id === companyId)
  return (scope) => membership?.scopes.includes(scope) === true
}
