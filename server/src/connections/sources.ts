import { z } from 'zod'

export type Path = readonly (string | number)[]

/** Where in the input, and what is wrong there, as the end of a sentence that begins with the field. */
export type Problem = { readonly path: Path; readonly message: string }

export type Report = (path: Path, message: string) => void

export type Given = Readonly<Record<string, unknown>>

export type Sources = {
  readonly now: Date
  /** @throws SourceError */
  readonly readFile: (path: string) => Promise<Uint8Array>
  /** @throws SourceError */
  readonly fetchMetadata: (url: string) => Promise<string>
}

/** What `Sources` throws when it cannot deliver; its message is for the person who set this up. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
}

/** Fields that are not settings themselves: where settings come from. */
export const sourceShape = {
  metadataFile: z.string().min(1).optional().describe("a file with the identity provider's metadata"),
  metadataUrl: z.string().min(1).optional().describe("the address of the identity provider's metadata"),
  metadata: z.string().min(1).optional().describe("the identity provider's metadata itself (XML)"),
  certificateFile: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)], { error: 'must be a file name or a list of them' })
    .optional()
    .describe('one or several files with the Issuer Certificate, PEM or DER'),
}

export type SourceFields = z.output<z.ZodObject<typeof sourceShape>>
