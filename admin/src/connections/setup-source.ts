import type { AnswerOf, BodyOf } from '#api/api.tsx'
import type { Found } from '#api/here.ts'

export type Guide = Found<'connections/{id}/guide/{product}'>
export type Check = Found<'connections/{id}/checks', 'post'>['items'][number]
type MetadataAsked = BodyOf<'/api/v1/setup/{token}/read-metadata', 'post'>
type MetadataRead = AnswerOf<'/api/v1/setup/{token}/read-metadata', 'post'>
export type ProviderChange = NonNullable<BodyOf<'/api/v1/setup/{token}', 'patch'>>

/**
 * A connection that is being set up, whoever does it: an administrator here, or somebody with a set-up link. Both are
 * offered the same, through different addresses of the API.
 */
export type SetupSource = {
  readonly key: readonly unknown[]
  readonly products: readonly { readonly product: string; readonly name: string }[]
  readonly readOnly: boolean
  readonly guide: (product: string) => Promise<Guide>
  readonly checks: () => Promise<readonly Check[]>
  readonly readMetadata: (asked: MetadataAsked) => Promise<MetadataRead>
  readonly save: (change: ProviderChange) => Promise<unknown>
}
