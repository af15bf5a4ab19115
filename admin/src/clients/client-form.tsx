import { Checkbox, NumberInput, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import type { BodyOf } from '#api/api.tsx'
import type { Found } from '#api/here.ts'
import { client as text } from '#words/clients.ts'

export type Client = Found<'clients/{id}'>
type ClientToMake = BodyOf<'/api/v1/environments/{environmentId}/clients', 'post'>
type Settings = Omit<ClientToMake, 'id' | 'name' | 'kind'>

/** What the fields hold: addresses as lines. */
export type ClientValues = {
  readonly id: string
  readonly name: string
  readonly kind: Client['kind']
  readonly active: boolean
  readonly redirectUris: string
  readonly postLogoutRedirectUris: string
  readonly backChannelLogoutUri: string
  readonly grants: string[]
  readonly accessTokenSeconds: number | string
  readonly accessTokenFormat: 'opaque' | 'jwt'
  readonly purpose: string
  readonly dangerouslyAllowImplicit: boolean
}

export const newClient: ClientValues = {
  id: '',
  name: '',
  kind: 'web',
  active: true,
  redirectUris: '',
  postLogoutRedirectUris: '',
  backChannelLogoutUri: '',
  grants: [],
  accessTokenSeconds: 3600,
  accessTokenFormat: 'opaque',
  purpose: 'none',
  dangerouslyAllowImplicit: false,
}

export function valuesOf(client: Client): ClientValues {
  return {
    id: client.id,
    name: client.name,
    kind: client.kind,
    active: client.active ?? true,
    redirectUris: (client.redirectUris ?? []).join('\n'),
    postLogoutRedirectUris: (client.postLogoutRedirectUris ?? []).join('\n'),
    backChannelLogoutUri: client.backChannelLogoutUri ?? '',
    grants: [...(client.grants ?? [])],
    accessTokenSeconds: client.accessTokenSeconds ?? newClient.accessTokenSeconds,
    accessTokenFormat: client.accessTokenFormat ?? 'opaque',
    purpose: client.purpose ?? 'none',
    dangerouslyAllowImplicit: client.dangerouslyAllowImplicit ?? false,
  }
}

/** What the API takes of them, both for a new client and for a change. */
export function settingsOf(values: ClientValues): Settings {
  const { active, accessTokenFormat, dangerouslyAllowImplicit } = values
  return {
    active,
    accessTokenFormat,
    dangerouslyAllowImplicit,
    redirectUris: linesOf(values.redirectUris),
    postLogoutRedirectUris: linesOf(values.postLogoutRedirectUris),
    grants: values.grants as NonNullable<Settings['grants']>,
    accessTokenSeconds: Number(values.accessTokenSeconds),
  }
}

export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

export const useClientForm = (initialValues: ClientValues) => useForm({ initialValues })

export function ClientFields({
  form,
  readOnly,
}: {
  readonly form: UseFormReturnType<ClientValues>
  readonly readOnly: boolean
}) {
  const { kind } = form.values
  return (
    <>
      <TextInput label={text.name} description={text.nameHelp} readOnly={readOnly} {...form.getInputProps('name')} />
      {kind !== 'machine' && <Addresses form={form} readOnly={readOnly} />}
      <Checkbox.Group label={text.grants} {...form.getInputProps('grants')} readOnly={readOnly}>
        <Stack gap="xs" mt={4}>
          {Object.entries(text.grantNames).map(([value, label]) => (
            <Checkbox key={value} value={value} label={label} disabled={readOnly} />
          ))}
        </Stack>
      </Checkbox.Group>
      <NumberInput
        label={text.seconds}
        allowDecimal={false}
        readOnly={readOnly}
        {...form.getInputProps('accessTokenSeconds')}
      />
      <Select
        label={text.format}
        data={Object.entries(text.formats).map(([value, label]) => ({ value, label }))}
        allowDeselect={false}
        disabled={readOnly}
        {...form.getInputProps('accessTokenFormat')}
      />
      <Select
        label={text.purpose}
        description={text.purposeHelp}
        data={Object.entries(text.purposes).map(([value, label]) => ({ value, label }))}
        allowDeselect={false}
        disabled={readOnly}
        {...form.getInputProps('purpose')}
      />
      <Switch
        label={text.active}
        description={text.activeHelp}
        disabled={readOnly}
        {...form.getInputProps('active', { type: 'checkbox' })}
      />
      {kind === 'web' || kind === 'single-page' ? (
        <Switch
          label={text.implicit}
          description={text.implicitHelp}
          disabled={readOnly}
          {...form.getInputProps('dangerouslyAllowImplicit', { type: 'checkbox' })}
        />
      ) : undefined}
    </>
  )
}

function Addresses({ form, readOnly }: { readonly form: UseFormReturnType<ClientValues>; readonly readOnly: boolean }) {
  const lines = { autosize: true, minRows: 2, maxRows: 10, readOnly, spellCheck: false, classNames: { input: 'code' } }
  return (
    <>
      <Textarea
        label={text.redirectUris}
        description={text.redirectUrisHelp}
        {...lines}
        {...form.getInputProps('redirectUris')}
      />
      <Textarea
        label={text.postLogout}
        description={text.postLogoutHelp}
        {...lines}
        {...form.getInputProps('postLogoutRedirectUris')}
      />
      <TextInput
        label={text.backChannel}
        description={text.backChannelHelp}
        type="url"
        readOnly={readOnly}
        {...form.getInputProps('backChannelLogoutUri')}
      />
    </>
  )
}
