import { z } from 'zod'
import { time } from '#admin/fields.ts'
import { strictObject } from '#connections/strict-object.ts'
import type { TokenKeyInfo } from '#oauth/token-keys.ts'

export const tokenKeyShape = z
  .object({
    id: z.string().describe('The “kid” of tokens, and of the key in oauth/jwks'),
    state: z
      .enum(['next', 'active', 'previous', 'retired'])
      .describe('next: published, signs nothing yet. active: signs. previous: still published. retired: does nothing'),
    createdAt: time,
    changedAt: time.describe('Since when it has this state'),
    readyAt: time
      .nullable()
      .describe('From when on its next step harms nobody: activating a next key, retiring a previous one'),
  })
  .meta({ id: 'TokenKey' })

export const tokenKeyStep = strictObject({
  confirmed: z.boolean().default(false).describe('true: also before “readyAt”'),
})

export const tokenKeyStepExample = { confirmed: false }

export const tokenKeyExample = {
  id: 'key_k4vq2m7xw3nphz5tb6ay',
  state: 'active',
  createdAt: '2026-03-01T12:00:00.000Z',
  changedAt: '2026-03-01T12:00:00.000Z',
  readyAt: null,
}

export function shownTokenKey({ createdAt, changedAt, readyAt, ...key }: TokenKeyInfo): z.output<typeof tokenKeyShape> {
  return {
    ...key,
    createdAt: createdAt.toISOString(),
    changedAt: changedAt.toISOString(),
    readyAt: readyAt?.toISOString() ?? null,
  }
}
