// What browsers and Sallyport tell each other of passkeys, in JSON (WebAuthn section 5.1.8). What it says is judged by the
// library; here is only that it has the form.

import { z } from 'zod'

const base64url = z
  .string()
  .max(20_000, 'is too long')
  .regex(/^[A-Za-z0-9_-]*$/, 'is not base64url')

const credential = {
  id: base64url.max(2000, 'is too long'),
  rawId: base64url.max(2000, 'is too long'),
  type: z.literal('public-key'),
  authenticatorAttachment: z.string().max(50).nullish(),
  clientExtensionResults: z.looseObject({}).default({}),
}

export const creationResponse = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: base64url,
      attestationObject: base64url,
      transports: z
        .array(z.string().regex(/^[a-z-]{1,20}$/))
        .max(10)
        .optional(),
    }),
  })
  .meta({ id: 'PasskeyCreated' })

export const requestResponse = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: base64url,
      authenticatorData: base64url,
      signature: base64url,
      userHandle: base64url.nullish(),
    }),
  })
  .meta({ id: 'PasskeyUsed' })

const options = z
  .looseObject({ challenge: z.string() })
  .describe('For navigator.credentials, as @simplewebauthn/browser takes it')

export const creationOptions = z.object({ challenge: z.string(), options })
export const requestOptions = z.object({ challenge: z.string().describe('To be sent with the answer'), options })

export const optionsExample = {
  challenge: 'q1Yb0m7V2oZk8l3Qd5nR9tC4hS6jW1eUaPfGiLqNvBw',
  rpId: 'sso.example',
  userVerification: 'required',
}
const shared = { id: 'k4vq2m7xw3np', rawId: 'k4vq2m7xw3np', type: 'public-key' as const, clientExtensionResults: {} }
export const responseExample = { ...shared, response: { clientDataJSON: 'eyJ0', attestationObject: 'o2Nm' } }
export const usedExample = {
  ...shared,
  response: { clientDataJSON: 'eyJ0', authenticatorData: 'SZYN', signature: 'MEUC', userHandle: 'YWRt' },
}
