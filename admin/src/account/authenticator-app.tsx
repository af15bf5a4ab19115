import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type AnswerOf, useApi } from '#api/api.tsx'
import { ME } from '#api/me.ts'
import { Fault } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { Copyable, CopyText } from '#parts/copyable.tsx'
import { Download } from '#parts/download.tsx'
import { Facts } from '#parts/facts.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { PasswordField } from '#parts/password-field.tsx'
import { QrCode } from '#parts/qr-code.tsx'
import { ShownOnce } from '#parts/shown-once.tsx'
import { codes as text } from '#words/account.ts'

type Begun = AnswerOf<'/api/v1/me/totp', 'post'>

/** Codes of an authenticator app, as a second step after the password. */
export function AuthenticatorApp({ email, on }: { readonly email: string; readonly on: boolean }) {
  const queries = useQueryClient()
  const notice = useNotice()
  const [recovery, setRecovery] = useState<readonly string[]>()
  const close = () => {
    setRecovery(undefined)
    notice(text.switchedOn)
    void queries.invalidateQueries({ queryKey: ME })
  }
  return (
    <Stack gap="md">
      <Group gap="sm">
        <State {...(on ? { of: 'good' as const } : {})}>{on ? text.on : text.off}</State>
        {on && <SwitchOff />}
      </Group>
      {!on && <SetUp onCodes={setRecovery} />}
      {recovery && <RecoveryCodes email={email} codes={recovery} close={close} />}
    </Stack>
  )
}

function SetUp({ onCodes }: { readonly onCodes: (codes: readonly string[]) => void }) {
  const api = useApi()
  const beginning = useMutation({ mutationFn: () => api.ask('post', '/api/v1/me/totp') })
  if (beginning.data) return <ConfirmCode begun={beginning.data.data} onCodes={onCodes} />
  return (
    <Stack gap="sm" align="flex-start">
      <Button variant="default" loading={beginning.isPending} onClick={() => beginning.mutate()}>
        {text.begin}
      </Button>
      {beginning.error && <Fault error={beginning.error} />}
    </Stack>
  )
}

function ConfirmCode(props: { readonly begun: Begun; readonly onCodes: (codes: readonly string[]) => void }) {
  const { begun, onCodes } = props
  const api = useApi()
  const form = useForm({ initialValues: { code: '' } })
  const send = async ({ code }: { readonly code: string }) => {
    const { data } = await api.ask('put', '/api/v1/me/totp', { body: { code } })
    onCodes(data.recoveryCodes)
  }
  return (
    <div className="qr-beside">
      <QrCode text={begun.otpauthUrl} what={text.qr} />
      <Stack gap="md" className="form">
        <div>
          <Text fw={600}>{text.scan}</Text>
          <Text size="sm" c="dimmed">
            {text.scanHelp}
          </Text>
        </div>
        <Facts items={[[text.secret, <Copyable key="secret" value={begun.secret} what={text.secret} />]]} />
        <ApiForm form={form} send={send} submit={text.confirm}>
          <TextInput
            label={text.code}
            className="narrow"
            inputMode="numeric"
            autoComplete="one-time-code"
            {...form.getInputProps('code')}
          />
        </ApiForm>
      </Stack>
    </div>
  )
}

function RecoveryCodes(props: {
  readonly email: string
  readonly codes: readonly string[]
  readonly close: () => void
}) {
  const { email, codes, close } = props
  const list = codes.join('\n')
  const file = `${text.recoveryFileHead(window.location.host, email)}\n\n${list}\n`
  return (
    <ShownOnce title={text.recovery} sentence={text.recoveryOnce} done={text.kept} close={close}>
      <ul className="codes" aria-label={text.recovery}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <Group gap="md">
        <Download name={text.recoveryFile} text={file}>
          {text.download}
        </Download>
        <CopyText value={list}>{text.copyAll}</CopyText>
      </Group>
    </ShownOnce>
  )
}

function SwitchOff() {
  const api = useApi()
  const queries = useQueryClient()
  const notice = useNotice()
  const [password, setPassword] = useState('')
  return (
    <ConfirmButton
      label={text.remove}
      consequence={text.removeWhat}
      confirm={text.remove}
      act={() => api.ask('delete', '/api/v1/me/totp', { body: { password } })}
      done={() => {
        setPassword('')
        notice(text.removed)
        void queries.invalidateQueries({ queryKey: ME })
      }}
    >
      <PasswordField
        label={text.removePassword}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
    </ConfirmButton>
  )
}
