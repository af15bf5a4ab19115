// The guide to AWS federation and the files that go with it, as the API has them for an identity provider.

import { useQuery } from '@tanstack/react-query'
import { type Found, useHere } from '#api/here.ts'

export type FederationGuide = Found<'amazon-connect/federation/guide'>
export type FederationStep = FederationGuide['steps'][number]
export type Artefact = Found<'amazon-connect/federation/artefacts'>['items'][number]

export function useFederationGuide(product: string) {
  const here = useHere()
  return useQuery({
    queryKey: here.key('federation', 'guide', product),
    queryFn: () => here.get('amazon-connect/federation/guide', { query: { product } }),
    placeholderData: (before) => before,
  })
}

export function useArtefacts(product: string) {
  const here = useHere()
  return useQuery({
    queryKey: here.key('federation', 'artefacts', product),
    queryFn: () => here.get('amazon-connect/federation/artefacts', { query: { product } }),
    placeholderData: (before) => before,
  })
}

/** For a Select. */
export function productChoices(guide: FederationGuide | undefined) {
  return (guide?.products ?? []).map(({ product, name }) => ({ value: product, label: name }))
}
