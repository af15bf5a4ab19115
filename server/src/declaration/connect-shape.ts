// What a declaration says of an Environment's Amazon Connect instance.

import { z } from 'zod'
import { type AmazonConnectSettings, amazonConnectFields, federationFields } from '#connect/settings.ts'
import { takeAmazonConnect } from '#connect/take-settings.ts'
import { type Given, type Path, type Problem, SourceError, type Sources } from '#connections/sources.ts'
import { strictObject } from '#connections/strict-object.ts'

const federation = {
  ...federationFields,
  metadataFile: z.string().min(1).optional().describe('a file with that metadata'),
}

/** As `amazonConnectFields`, where metadata may be in a file. What is left out of it is as by default. */
export const amazonConnectShape = { ...amazonConnectFields, federation: strictObject(federation).prefault({}) }

const whole = strictObject(amazonConnectShape)

/** Left out as a whole, the settings stay as they are. */
export const amazonConnect = whole.optional()

type Taken = { readonly settings: AmazonConnectSettings | undefined; readonly problems: readonly Problem[] }

/** What is wrong with the shape is told elsewhere. */
export async function takeDeclaredConnect(given: Given, path: Path, sources: Sources): Promise<Taken> {
  const parsed = whole.safeParse(given)
  if (!parsed.success) return { settings: undefined, problems: [] }
  const { metadataFile, ...own } = parsed.data.federation
  const inFile = [...path, 'federation', 'metadataFile']
  if (metadataFile !== undefined && own.metadata !== null)
    return { settings: undefined, problems: [{ path: inFile, message: 'cannot be used together with metadata' }] }
  try {
    const metadata =
      metadataFile === undefined ? own.metadata : textOf(metadataFile, await sources.readFile(metadataFile))
    const taken = takeAmazonConnect({ ...parsed.data, federation: { ...own, metadata } })
    if (taken.ok) return { settings: taken.settings, problems: [] }
    const problems = taken.problems.map(({ path: inner, message }) => {
      const isFile = metadataFile !== undefined && inner.at(-1) === 'metadata'
      return { path: isFile ? inFile : [...path, ...inner], message }
    })
    return { settings: undefined, problems }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return { settings: undefined, problems: [{ path: inFile, message: error.message }] }
  }
}

function textOf(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new SourceError(`The file ${file} is not UTF-8; save it as that`)
  }
}
