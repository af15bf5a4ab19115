// What a declaration says of who may come in from where: Allowed IP Addresses, and policies.

import { z } from 'zod'
import { type AddressSettings, allowedAddresses } from '#access/addresses.ts'
import { MOST_POLICIES, type PolicyToSave, policyModes } from '#access/policies.ts'
import { faultsOfPolicy } from '#access/validate.ts'
import { type Given, type Path, SourceError, type Sources } from '#connections/sources.ts'
import { strictObject } from '#connections/strict-object.ts'
import type { PlacedProblem } from '#declaration/document.ts'

/** As `allowedAddresses`, with a hint where a key is misspelt. What is left out of it is as by default. */
export const addressesShape = allowedAddresses.shape

export const policyShape = {
  name: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(100, 'is too long: 100 characters at most')
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not have control characters')
    .describe('what decisions call it'),
  text: z.string().optional().describe('the policy itself, in Cedar'),
  file: z.string().min(1).optional().describe('a file with the policy'),
  mode: z.enum(policyModes).default('enforced').describe('shadow: evaluated and noted, but nobody is refused'),
}

export const accessShape = {
  /** Left out as a whole, they stay as they are. */
  allowedAddresses: strictObject(addressesShape).optional(),
  policies: z.array(strictObject(policyShape)).max(MOST_POLICIES, `are too many: ${MOST_POLICIES} at most`).default([]),
}

export const access = strictObject(accessShape).prefault({})

export type WantedPolicy = PolicyToSave
export type WantedAccess = {
  /** Absent: as they are. */
  readonly allowedAddresses?: AddressSettings | undefined
  readonly policies: readonly WantedPolicy[]
}

type Taken = { readonly text: string | undefined; readonly problems: readonly PlacedProblem[] }

/** The text of a policy, from where the entry has it, and what is wrong with it. */
export async function takePolicy({ text, file }: Given, path: Path, { readFile }: Sources): Promise<Taken> {
  if ((text === undefined) === (file === undefined)) {
    const message =
      text === undefined ? 'needs “text” or “file”, which says the policy' : 'has “text” and “file”; leave out one'
    return { text: undefined, problems: [{ path, message }] }
  }
  if (typeof text === 'string') return judged(text, [...path, 'text'])
  // Anything else is told by the shape.
  if (typeof file !== 'string' || file === '') return { text: undefined, problems: [] }
  const inFile = [...path, 'file']
  try {
    return await judged(new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file)), inFile, file)
  } catch (error) {
    if (error instanceof SourceError) return { text: undefined, problems: [{ path: inFile, message: error.message }] }
    if (!(error instanceof TypeError)) throw error
    return { text: undefined, problems: [{ path: inFile, message: `The file ${file} is not UTF-8; save it as that` }] }
  }
}

/** @param file where the text is not in the declaration itself */
async function judged(text: string, path: Path, file?: string): Promise<Taken> {
  const problems = (await faultsOfPolicy(text)).map(({ line, column, sentence, cure }) => {
    const where = file === undefined ? `line ${line}, column ${column} of the policy` : `${file}:${line}:${column}`
    const within = file === undefined ? { within: { line, column } } : {}
    return { path, message: `${where}: ${sentence} ${cure}`, ...within }
  })
  return { text, problems }
}
