import { certificatesOfMetadata } from '#connections/certificates.ts'
import { logoutFrom, metadataFrom, settingsFrom } from '#connections/metadata.ts'
import type { Given, Problem, SourceFields, Sources } from '#connections/sources.ts'

export type MetadataRead =
  | {
      readonly ok: true
      /** As a change of the settings takes them. */
      readonly settings: Given
      /** What the metadata lacks. */
      readonly warnings: readonly Problem[]
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** What a connection's settings would get from metadata; nothing is stored. */
export async function readMetadata(fields: SourceFields, sources: Sources): Promise<MetadataRead> {
  const problems: Problem[] = []
  const metadata = await metadataFrom(fields, sources, (path, message) => problems.push({ path, message }))
  if (metadata === undefined || problems.length > 0) return { ok: false, problems }
  const warnings: Problem[] = []
  const warn = (path: Problem['path'], message: string) => warnings.push({ path, message })
  const issuerCertificates = certificatesOfMetadata(metadata, sources.now, warn)
  const settings = {
    ...settingsFrom(metadata, {}, warn),
    ...(issuerCertificates === undefined ? {} : { issuerCertificates }),
    ...logoutFrom(metadata, {}, warn),
  }
  return { ok: true, settings, warnings }
}
