/**
 * Getting in: the sign-in page, and the pages of one-time links.
 *
 * Owns how somebody proves who they are to the portal. Must not know what they may do then.
 */

import { Anchor, Divider, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '#api/api.tsx'
import { ME } from '#api/me.ts'
import { ApiForm } from '#parts/form.tsx'
import { PasswordField } from '#parts/password-field.tsx'
import { Alone } from '#sign-in/alone.tsx'
import { CompanySignIn } from '#sign-in/company-sign-in.tsx'
import { PasskeyButton } from '#sign-in/passkey.tsx'
import { signIn } from '#words/sign-in.ts'

export function SignInPage() {
  const [challenge, setChallenge] = useState<string>()
  if (challenge !== undefined) return <CodeStep challenge={challenge} startAgain={() => setChallenge(undefined)} />
  return (
    <Alone title={signIn.title}>
      <PasswordStep onChallenge={setChallenge} />
      <Divider label={signIn.or} my="lg" />
      <Stack gap="xs">
        <PasskeyButton />
        <CompanySignIn />
      </Stack>
      <Text size="sm" c="dimmed" mt="lg">
        {signIn.forgotten}
      </Text>
    </Alone>
  )
}

function PasswordStep({ onChallenge }: { readonly onChallenge: (challenge: string) => void }) {
  const api = useApi()
  const queries = useQueryClient()
  const form = useForm({ initialValues: { email: '', password: '' } })
  const send = async (values: { readonly email: string; readonly password: string }) => {
    const { data } = await api.ask('post', '/api/v1/me/sign-in', { body: values })
    if (data.next === 'totp') return onChallenge(data.challenge)
    await queries.refetchQueries({ queryKey: ME })
  }
  return (
    <ApiForm form={form} send={send} submit={signIn.submit} forgetful>
      <TextInput label={signIn.email} type="email" autoComplete="username" autoFocus {...form.getInputProps('email')} />
      <PasswordField label={signIn.password} autoComplete="current-password" {...form.getInputProps('password')} />
    </ApiForm>
  )
}

function CodeStep(props: { readonly challenge: string; readonly startAgain: () => void }) {
  const { challenge, startAgain } = props
  const api = useApi()
  const queries = useQueryClient()
  const form = useForm({ initialValues: { code: '' } })
  const send = async ({ code }: { readonly code: string }) => {
    await api.send('post', '/api/v1/me/sign-in/totp', { body: { challenge, code: code.trim() } })
    await queries.refetchQueries({ queryKey: ME })
  }
  return (
    <Alone title={signIn.codeTitle} intro={signIn.codeIntro}>
      <ApiForm form={form} send={send} submit={signIn.codeSubmit} forgetful>
        <TextInput
          label={signIn.code}
          autoComplete="one-time-code"
          inputMode="text"
          autoFocus
          {...form.getInputProps('code')}
        />
      </ApiForm>
      <Anchor component="button" type="button" size="sm" mt="md" onClick={startAgain}>
        {signIn.startAgain}
      </Anchor>
    </Alone>
  )
}
