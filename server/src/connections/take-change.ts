import { certificatesFrom } from '#connections/certificates.ts'
import type { ConnectionState } from '#connections/connections.ts'
import { problemsOf, type Taken } from '#connections/intake.ts'
import { type ConnectionSettings, connectionSettings, draftSettings, fieldsOfProvider } from '#connections/settings.ts'
import { type Given, type Problem, type Report, SourceError, type Sources } from '#connections/sources.ts'

export type ToTake = {
  /** Undefined where the connection is made. */
  readonly current: ConnectionSettings | undefined
  readonly state: ConnectionState
  readonly now: Date
}

/**
 * Settings as they will be after a change: fields that are named change, null empties one, what belongs to a group
 * (single logout, Create Users) is named within it. Certificates are PEM or base64; one that is there already stays,
 * although it may have expired, so that other fields can be changed in its presence.
 */
export async function takeChange(change: Given, { current, state, now }: ToTake): Promise<Taken> {
  const problems: Problem[] = []
  const report: Report = (path, message) => problems.push({ path, message })
  const merged = mergeInto(current ?? {}, change)
  const certificates = await takeCertificates(change.issuerCertificates, current?.issuerCertificates ?? [], now, report)
  const given = certificates === undefined ? merged : { ...merged, issuerCertificates: certificates }
  const shape = state === 'draft' ? draftSettings : connectionSettings
  const parsed = shape.safeParse(state === 'draft' ? given : withoutEmpty(given))
  problems.push(...problemsOf(parsed.error?.issues ?? []).filter(({ path }) => !isSaid(path[0], problems)))
  return parsed.success && problems.length === 0
    ? { ok: true, settings: parsed.data }
    : { ok: false, problems: Object.freeze(problems) }
}

/** What a connection lacks before people can sign in through it. */
export function missingIn(settings: ConnectionSettings): readonly (typeof fieldsOfProvider)[number][] {
  return fieldsOfProvider.filter((field) => settings[field].length === 0)
}

// A certificate that was refused is not missing as well.
function isSaid(field: unknown, problems: readonly Problem[]): boolean {
  return field === 'issuerCertificates' && problems.some(({ path }) => path[0] === field)
}

/** An empty field of a draft counts as missing where the connection goes live. */
function withoutEmpty(given: Given): Given {
  const isEmpty = (value: unknown): boolean => value === '' || (Array.isArray(value) && value.length === 0)
  const asked = (key: string): boolean => (fieldsOfProvider as readonly string[]).includes(key)
  return Object.fromEntries(Object.entries(given).filter(([key, value]) => !(asked(key) && isEmpty(value))))
}

async function takeCertificates(
  given: unknown,
  current: readonly string[],
  now: Date,
  report: Report,
): Promise<unknown> {
  if (given === null) return []
  if (!Array.isArray(given)) return given
  const taken = new Set<string>()
  for (const [index, text] of given.entries()) {
    if (current.includes(text)) taken.add(text)
    else {
      const at: Report = (path, message) => report([path[0] ?? 'issuerCertificates', index], message)
      const found = (await certificatesFrom([text], {}, nothingElse(now), at)) as readonly string[] | undefined
      for (const pem of found ?? []) taken.add(pem)
    }
  }
  return [...taken]
}

function nothingElse(now: Date): Sources {
  const refuse = async (): Promise<never> => {
    throw new SourceError('cannot be read here')
  }
  return { now, readFile: refuse, fetchMetadata: refuse }
}

function mergeInto(current: Given, change: Given): Given {
  const merged: Record<string, unknown> = { ...current }
  for (const [key, value] of Object.entries(change)) {
    if (value === undefined) continue
    if (value === null) delete merged[key]
    else merged[key] = isGroup(value) ? mergeInto(isGroup(merged[key]) ? merged[key] : {}, value) : value
  }
  return merged
}

function isGroup(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
