import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useApi } from '#api/api.tsx'
import { ME } from '#api/me.ts'
import { Fault } from '#parts/answers.tsx'
import { signIn } from '#words/sign-in.ts'

type Options = { readonly challenge: string; readonly options: PublicKeyCredentialRequestOptionsJSON }

/** Only where the browser can do it by itself (WebAuthn Level 3, section 5.1.8: options and answers as JSON). */
export function PasskeyButton() {
  const api = useApi()
  const queries = useQueryClient()
  const signing = useMutation({
    mutationFn: async () => {
      const { data } = await api.send<Options>('post', '/api/v1/me/sign-in/passkey/options', { body: {} })
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(data.options)
      const found = await navigator.credentials.get({ publicKey })
      if (found === null) return
      const response = (found as PublicKeyCredential).toJSON()
      await api.send('post', '/api/v1/me/sign-in/passkey', { body: { challenge: data.challenge, response } })
      await queries.refetchQueries({ queryKey: ME })
    },
  })
  const able = typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential
  if (!able) return undefined
  // Whoever closes the browser's dialog knows that they did.
  const shown = signing.error instanceof DOMException ? undefined : signing.error
  return (
    <>
      <Button variant="default" onClick={() => signing.mutate()} loading={signing.isPending}>
        {signIn.passkey}
      </Button>
      {shown && <Fault error={shown} />}
    </>
  )
}
