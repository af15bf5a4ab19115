import { useQuery } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { AnswerOf, BodyOf } from '#api/api.tsx'

type Setup = AnswerOf<'/api/v1/setup/{token}', 'get'>

/** What both see of a connection, its administrators and whoever holds a set-up link. */
export type SetUpConnection = Setup['connection']
export type Product = Setup['products'][number]
export type ProviderChange = NonNullable<BodyOf<'/api/v1/setup/{token}', 'patch'>>
export type MetadataAsked = { readonly url: string } | { readonly xml: string }
export type MetadataRead = AnswerOf<'/api/v1/setup/{token}/read-metadata', 'post'>
export type Certificate = AnswerOf<'/api/v1/setup/{token}/read-certificate', 'post'>['items'][number]
export type ProductGuide = AnswerOf<'/api/v1/setup/{token}/guide/{product}', 'get'>
export type Step = ProductGuide['steps'][number]
export type Check = AnswerOf<'/api/v1/setup/{token}/checks', 'post'>['items'][number]

/** A connection that is being set up: the same deeds, whether by an administrator or by a set-up link. */
export type SettingUp = {
  readonly connection: SetUpConnection
  readonly mayChange: boolean
  /** Where a sign-in record is shown, for whoever may see records. */
  readonly recordAt?: (reference: string) => string
  /** The key of an answer about this connection. */
  readonly key: (...parts: readonly unknown[]) => readonly unknown[]
  readonly readGuide: (product: string) => Promise<ProductGuide>
  readonly check: () => Promise<readonly Check[]>
  readonly readMetadata: (asked: MetadataAsked) => Promise<MetadataRead>
  readonly readCertificate: (certificate: string) => Promise<readonly Certificate[]>
  /** Saves, and sees to it that everything on the page follows. */
  readonly change: (change: ProviderChange) => Promise<void>
}

const Context = createContext<SettingUp | undefined>(undefined)
export const SettingUpProvider = Context

export function useSettingUp(): SettingUp {
  const settingUp = useContext(Context)
  if (settingUp === undefined) throw new Error('outside of a guide')
  return settingUp
}

/** While somebody is awaited at the identity provider, their sign-in shows by itself. */
const WHILE_AWAITED_MS = 10_000

/** The live checks; made anew when something was saved, and when somebody comes back from another window. */
export function useChecks() {
  const { key, check, connection } = useSettingUp()
  const live = connection.state === 'live'
  return useQuery({
    queryKey: key('checks'),
    queryFn: check,
    refetchOnWindowFocus: 'always',
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => (live && !isFine(state.data, 'first-answer') ? WHILE_AWAITED_MS : false),
  })
}

export function isFine(checks: readonly Check[] | undefined, code: Check['code']): boolean {
  return checks?.find((one) => one.code === code)?.ok === true
}
