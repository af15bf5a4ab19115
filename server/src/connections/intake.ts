/**
 * Taking settings in: from what a person wrote, and the metadata and certificate files it refers to, to settings that
 * are whole and checked. Explicit fields win over metadata. Every problem is told at once.
 *
 * Must not read a file or fetch anything itself: `Sources` does, so that the declaration and the API each say how.
 */

import { z } from 'zod'
import { certificatesFrom, certificatesOfMetadata } from '#connections/certificates.ts'
import { logoutFrom, metadataFrom, settingsFrom } from '#connections/metadata.ts'
import {
  type ConnectionSettings,
  connectionSettings,
  type draftSettings,
  settingsShape,
} from '#connections/settings.ts'
import {
  type Given,
  type Problem,
  type Report,
  type SourceFields,
  type Sources,
  sourceShape,
} from '#connections/sources.ts'
import { unknownKey } from '#connections/strict-object.ts'

export type Taken =
  | { readonly ok: true; readonly settings: ConnectionSettings }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** @param shape of a draft, what only the identity provider knows may be missing */
export async function takeSettings(
  given: Given,
  sources: Sources,
  shape: typeof connectionSettings | typeof draftSettings = connectionSettings,
): Promise<Taken> {
  const problems: Problem[] = []
  const report: Report = (path, message) => problems.push({ path, message })

  const fields = readSourceFields(given, report)
  const metadata = await metadataFrom(fields, sources, report)
  const written = given.issuerCertificates !== undefined || fields.certificateFile !== undefined
  const issuerCertificates = written
    ? await certificatesFrom(given.issuerCertificates, fields, sources, report)
    : metadata && certificatesOfMetadata(metadata, sources.now, report)
  const parsed = shape.safeParse({
    ...(metadata === undefined ? {} : settingsFrom(metadata, given, report)),
    ...Object.fromEntries(Object.entries(given).filter(([key]) => key in settingsShape)),
    ...(metadata === undefined ? {} : logoutFrom(metadata, given, report)),
    issuerCertificates,
  })
  const reported = new Set(problems.flatMap(({ path }) => [path[0], path.join('.')]))
  for (const problem of problemsOf(parsed.error?.issues ?? [])) {
    if (!isEcho(problem, reported)) problems.push(problem)
  }
  return parsed.success && problems.length === 0
    ? { ok: true, settings: parsed.data }
    : { ok: false, problems: Object.freeze(problems) }
}

const MISSING = 'is missing'

/** What unreadable metadata or certificates would have filled in is not missing once more. */
function isEcho({ path, message }: Problem, reported: ReadonlySet<unknown>): boolean {
  if (path.join('.') === 'singleLogout.url') return reported.has('singleLogout.method')
  if (message !== MISSING) return false
  const isCertificates = path[0] === 'issuerCertificates'
  if (isCertificates && (reported.has('issuerCertificates') || reported.has('certificateFile'))) return true
  if (path[0] === 'thirdPartyAuthenticationUrl' && reported.has('requestBinding')) return true
  return ['metadataFile', 'metadataUrl', 'metadata'].some((key) => reported.has(key))
}

/** Zod's issues as problems: one for each unknown key, at that key. */
export function problemsOf(issues: readonly z.core.$ZodIssue[]): readonly Problem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol')
    if (issue.code === 'unrecognized_keys') {
      const sentences = issue.message.split('\n')
      return issue.keys.map((key, i) => ({ path: [...path, key], message: sentences[i] ?? issue.message }))
    }
    const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
    return [{ path, message: isMissing ? MISSING : issue.message.replace(/^Invalid (input|option): /, '') }]
  })
}

function readSourceFields(given: Given, report: Report): SourceFields {
  const known = [...Object.keys(settingsShape), ...Object.keys(sourceShape)]
  for (const key of Object.keys(given)) if (!known.includes(key)) report([key], unknownKey(key, known))
  const parsed = z.object(sourceShape).safeParse(given)
  for (const { path, message } of problemsOf(parsed.error?.issues ?? [])) report(path, message)
  const fields: SourceFields = parsed.data ?? {}
  const [first, second] = (['metadataFile', 'metadataUrl', 'metadata'] as const).filter((key) => fields[key])
  if (second !== undefined) report([second], `cannot be used together with ${first}`)
  return fields
}
