/** What administrators see and change of their own account. Owns nothing of what they may do elsewhere. */

import { Alert, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { AuthenticatorApp } from '#account/authenticator-app.tsx'
import { OwnSessions } from '#account/own-sessions.tsx'
import { Passkeys } from '#account/passkeys.tsx'
import { useApi } from '#api/api.tsx'
import { ME, type Me, useMe } from '#api/me.ts'
import { Frame } from '#frame/frame.tsx'
import { Facts } from '#parts/facts.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Page, Section } from '#parts/page.tsx'
import { PasswordField } from '#parts/password-field.tsx'
import { account as text } from '#words/account.ts'
import { frame } from '#words/frame.ts'

export function AccountPage() {
  const { data: me } = useMe()
  return <Frame>{me && <Account me={me} />}</Frame>
}

function Account({ me }: { readonly me: Me }) {
  const { administrator, session } = me
  // Such a session reaches one Company, and not the account: the API would refuse all of it.
  if (session.companyId !== null) {
    return (
      <Page title={text.title} intro={text.intro}>
        <Alert color="warning" variant="outline" title={text.ofCompany}>
          {text.ofCompanyWhat}
        </Alert>
        <Section title={text.profile}>
          <Who me={me} />
        </Section>
      </Page>
    )
  }
  return (
    <Page title={text.title} intro={text.intro}>
      <Section title={text.profile}>
        <Stack gap="lg">
          <Who me={me} />
          <NameForm name={administrator.name} />
        </Stack>
      </Section>
      <Section title={text.password}>
        {administrator.hasPassword ? (
          <PasswordForm email={administrator.email} />
        ) : (
          <Text c="dimmed">{text.noPassword}</Text>
        )}
      </Section>
      <Section title={text.codes} intro={text.codesIntro}>
        <AuthenticatorApp email={administrator.email} on={administrator.hasTotp} />
      </Section>
      <Section title={text.passkeys} intro={text.passkeysIntro}>
        <Passkeys passkeys={administrator.passkeys} />
      </Section>
      <Section title={text.sessions} intro={text.sessionsIntro}>
        <OwnSessions />
      </Section>
    </Page>
  )
}

function Who({ me: { administrator, memberships } }: { readonly me: Me }) {
  const roles = administrator.operator
    ? [text.operator]
    : memberships.map(({ role, company }) => text.roleIn(frame.roles[role], company.name))
  return (
    <Facts
      items={[
        [text.email, administrator.email],
        [text.roles, roles.map((role) => <div key={role}>{role}</div>)],
      ]}
    />
  )
}

function NameForm({ name }: { readonly name: string }) {
  const api = useApi()
  const queries = useQueryClient()
  const notice = useNotice()
  const form = useForm({ initialValues: { name } })
  const send = async (body: { readonly name: string }) => {
    await api.ask('put', '/api/v1/me', { body })
    notice(text.nameSaved)
    await queries.invalidateQueries({ queryKey: ME })
  }
  return (
    <div className="form">
      <ApiForm form={form} send={send}>
        <TextInput label={text.name} autoComplete="name" {...form.getInputProps('name')} />
      </ApiForm>
    </div>
  )
}

function PasswordForm({ email }: { readonly email: string }) {
  const api = useApi()
  const notice = useNotice()
  const queries = useQueryClient()
  const form = useForm({ initialValues: { current: '', next: '' } })
  const send = async (body: typeof form.values) => {
    await api.ask('put', '/api/v1/me/password', { body })
    form.reset()
    notice(text.changed)
    await queries.invalidateQueries({ queryKey: ['my-sessions'] })
  }
  return (
    <div className="form">
      <ApiForm form={form} send={send} submit={text.change} fieldOf={{ password: 'next' }}>
        {/* Whose it is, for the browser's keeper of passwords. */}
        <input type="text" autoComplete="username" value={email} readOnly hidden />
        <PasswordField label={text.current} autoComplete="current-password" {...form.getInputProps('current')} />
        <PasswordField
          label={text.next}
          description={text.nextHelp}
          autoComplete="new-password"
          {...form.getInputProps('next')}
        />
      </ApiForm>
    </div>
  )
}
