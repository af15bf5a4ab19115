import { Alert, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '#api/api.tsx'
import { ME, type Me } from '#api/me.ts'
import { ConfirmButton } from '#parts/confirm.tsx'
import { ApiForm } from '#parts/form.tsx'
import { WarningIcon } from '#parts/icons.tsx'
import { useNotice } from '#parts/notice.tsx'
import { type Column, Table } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { account as text } from '#words/account.ts'

type Passkey = Me['administrator']['passkeys'][number]

export function Passkeys({ passkeys }: { readonly passkeys: readonly Passkey[] }) {
  return (
    <Stack gap="md">
      {passkeys.length === 0 ? (
        <Text c="dimmed">{text.noPasskeys}</Text>
      ) : (
        <Table label={text.passkeys} columns={columnsOf(passkeys.length - 1)} rows={passkeys} />
      )}
      <AddPasskey />
    </Stack>
  )
}

const columnsOf = (left: number): readonly Column<Passkey>[] => [
  { name: text.passkeyColumns.name, cell: ({ name }) => name },
  { name: text.passkeyColumns.made, cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    name: text.passkeyColumns.used,
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? text.never : <Time at={lastUsedAt} />),
  },
  { name: text.passkeyColumns.deed, tight: true, cell: (passkey) => <Remove passkey={passkey} left={left} /> },
]

function AddPasskey() {
  const api = useApi()
  const queries = useQueryClient()
  const notice = useNotice()
  const [fault, setFault] = useState<string>()
  const form = useForm({ initialValues: { name: '' } })
  const send = async ({ name }: { readonly name: string }) => {
    setFault(undefined)
    const { data } = await api.ask('post', '/api/v1/me/passkeys/options')
    const response = await madeOnDevice(data.options as unknown as PublicKeyCredentialCreationOptionsJSON)
    if (response instanceof DOMException) return setFault(text.passkeyFaults[response.name] ?? text.passkeyFault)
    await api.ask('post', '/api/v1/me/passkeys', { body: { name: name.trim(), response } })
    form.reset()
    notice(text.passkeyAdded(name.trim()))
    await queries.invalidateQueries({ queryKey: ME })
  }
  const able = typeof PublicKeyCredential !== 'undefined' && 'parseCreationOptionsFromJSON' in PublicKeyCredential
  if (!able) return <Text c="dimmed">{text.passkeysUnable}</Text>
  return (
    <div className="form">
      <ApiForm form={form} send={send} submit={text.addPasskey}>
        <TextInput label={text.passkeyName} maxLength={100} {...form.getInputProps('name')} />
        {fault && (
          <Alert color="warning" variant="outline" icon={<WarningIcon />} role="alert">
            {fault}
          </Alert>
        )}
      </ApiForm>
    </div>
  )
}

/** The browser reads the options of WebAuthn itself (WebAuthn Level 3, section 5.1.8). */
async function madeOnDevice(options: PublicKeyCredentialCreationOptionsJSON) {
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
    const made = await navigator.credentials.create({ publicKey })
    return (made as PublicKeyCredential).toJSON() as never
  } catch (error) {
    if (error instanceof DOMException) return error
    throw error
  }
}

function Remove({ passkey: { id, name }, left }: { readonly passkey: Passkey; readonly left: number }) {
  const api = useApi()
  const queries = useQueryClient()
  const notice = useNotice()
  return (
    <ConfirmButton
      label={text.removePasskey}
      title={text.removePasskeyTitle(name)}
      consequence={text.removePasskeyWhat(name, left)}
      confirm={text.removeConfirm}
      act={() => api.ask('delete', '/api/v1/me/passkeys/{id}', { path: { id } })}
      done={() => {
        notice(text.passkeyRemoved(name))
        void queries.invalidateQueries({ queryKey: ME })
      }}
    />
  )
}
