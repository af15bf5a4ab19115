// The settings of Amazon Connect as the fields hold them, and as the API takes them.

import { useQuery } from '@tanstack/react-query'
import type { BodyOf } from '#api/api.tsx'
import { type Found, useHere } from '#api/here.ts'

export type AmazonConnect = Found<'amazon-connect'>
export type Settings = NonNullable<AmazonConnect['settings']>
export type TypedSettings = NonNullable<BodyOf<'/api/v1/environments/{environmentId}/amazon-connect', 'put'>>

export function useAmazonConnect() {
  const here = useHere()
  return useQuery({
    queryKey: here.key('amazon-connect'),
    queryFn: () => here.getTagged('amazon-connect'),
  })
}

/** Absent is empty. Named as the API names them, so that a problem of a field finds it. */
export type Values = {
  instance: { url: string; region: string; id: string; accountId: string }
  ccpVersion: Settings['ccpVersion']
  singleSignOn: { enabled: boolean; url: string; autoCloseWindow: boolean }
  requireSignIn: boolean
  agentName: Settings['agentName']
  stuckAfterSeconds: number | string
}

export function valuesOf(settings: Settings | null): Values {
  if (settings === null) return untouched
  const { instance, ccpVersion, singleSignOn, requireSignIn, agentName, stuckAfterSeconds } = settings
  return {
    instance: { ...instance, accountId: instance.accountId ?? '' },
    ccpVersion,
    singleSignOn: { ...singleSignOn, url: singleSignOn.url ?? '' },
    requireSignIn,
    agentName,
    stuckAfterSeconds,
  }
}

/** What the API would take for what is left out. */
const untouched: Values = {
  instance: { url: '', region: '', id: '', accountId: '' },
  ccpVersion: 'v2',
  singleSignOn: { enabled: false, url: '', autoCloseWindow: true },
  requireSignIn: true,
  agentName: 'username',
  stuckAfterSeconds: 30,
}

const orNull = (text: string) => text.trim() || null

/** Everything at once; what stands on the page of the federation stays as it is. */
export function typedOf(values: Values, known: Settings | null): TypedSettings {
  const { instance, singleSignOn } = values
  return {
    ...values,
    instance: { ...instance, region: orNull(instance.region), accountId: orNull(instance.accountId) },
    singleSignOn: { ...singleSignOn, url: orNull(singleSignOn.url) },
    stuckAfterSeconds: Number(values.stuckAfterSeconds),
    ...(known === null ? {} : { federation: known.federation as NonNullable<TypedSettings['federation']> }),
  }
}
