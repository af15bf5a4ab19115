import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { type AnswerOf, useApi } from '#api/api.tsx'
import { ME } from '#api/me.ts'
import { Fault, Waiting } from '#parts/answers.tsx'
import { ApiForm } from '#parts/form.tsx'
import { PasswordField } from '#parts/password-field.tsx'
import { Alone } from '#sign-in/alone.tsx'
import { link as words } from '#words/sign-in.ts'

type OneTimeLink = AnswerOf<'/api/v1/links/{token}', 'get'>

/** Where a one-time link leads: the first administrator, an invitation, a new password. */
export function LinkPage() {
  const { token = '' } = useParams({ strict: false })
  const api = useApi()
  const link = useQuery({
    queryKey: ['link', token],
    queryFn: () => api.get('/api/v1/links/{token}', { path: { token } }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (link.data) return <LinkForm token={token} link={link.data} />
  if (link.isPending) return <Waiting />
  return (
    <Alone title={words.gone} intro={words.goneCure}>
      <Stack align="flex-start">
        <Fault error={link.error} />
        <Button component={Link} to="/" variant="default">
          {words.toSignIn}
        </Button>
      </Stack>
    </Alone>
  )
}

function LinkForm({ token, link }: { readonly token: string; readonly link: OneTimeLink }) {
  const { purpose, email, company, hasAccount } = link
  const api = useApi()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const form = useForm({ initialValues: { email: email ?? '', name: '', password: '' } })
  const asksName = !hasAccount && purpose !== 'recover'
  const send = async (values: { readonly email: string; readonly name: string; readonly password: string }) => {
    const body = {
      ...(email === undefined ? { email: values.email } : {}),
      ...(asksName ? { name: values.name } : {}),
      ...(hasAccount ? {} : { password: values.password }),
    }
    await api.ask('post', '/api/v1/links/{token}', { path: { token }, body })
    await queries.refetchQueries({ queryKey: ME })
    await navigate({ to: '/', replace: true })
  }
  return (
    <Alone title={words.titles[purpose]} intro={hasAccount ? words.hasAccount : words.intros[purpose]}>
      {company !== undefined && <Text mb="md">{words.invitedTo(company.name)}</Text>}
      <ApiForm form={form} send={send} submit={words.submit} forgetful>
        <TextInput
          label={words.email}
          type="email"
          autoComplete="username"
          readOnly={email !== undefined}
          {...form.getInputProps('email')}
        />
        {asksName && <TextInput label={words.name} autoComplete="name" {...form.getInputProps('name')} />}
        {!hasAccount && (
          <PasswordField
            label={words.password}
            description={words.passwordHelp}
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
        )}
      </ApiForm>
    </Alone>
  )
}
