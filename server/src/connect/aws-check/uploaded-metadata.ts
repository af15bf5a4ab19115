import { type Certificate, dangerouslyUnchecked, judgeMetadata } from '@sallyport/saml'

/** The metadata that was uploaded to IAM, as far as a response is held against it. */
export type UploadedMetadata =
  | { readonly known: true; readonly entityId: string; readonly certificates: readonly Certificate[] }
  | { readonly known: false; readonly why: string; readonly isBroken: boolean }

/** Valid or not, it is what IAM was given: whether it has expired is told where the settings are. */
const LONG_AGO = new Date(0)

/** Never throws. */
export function readUploadedMetadata(xml: string | undefined): UploadedMetadata {
  if (xml === undefined || xml.trim() === '') {
    const why = 'The metadata that was uploaded to IAM is not in the settings of Amazon Connect.'
    return { known: false, why, isBroken: false }
  }
  const { metadata, checks } = judgeMetadata({
    message: xml,
    now: LONG_AGO,
    expectedEntityId: dangerouslyUnchecked,
  })
  if (metadata !== undefined)
    return { known: true, entityId: metadata.entityId, certificates: metadata.signingCertificates }
  const failure = checks.find(({ outcome }) => outcome === 'failed')
  return {
    known: false,
    why: `The metadata in the settings cannot be used: ${failure?.received ?? failure?.code ?? 'it is unreadable'}`,
    isBroken: failure?.code === 'metadata-unreadable',
  }
}
