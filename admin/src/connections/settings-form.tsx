import { NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import type { Answered } from '#api/api.tsx'
import { useHere } from '#api/here.ts'
import { CertificateField } from '#connections/certificate-field.tsx'
import { CreateUsersFields } from '#connections/create-users-fields.tsx'
import { choices, type FieldsProps } from '#connections/fields.ts'
import { ImportMetadata } from '#connections/import-metadata.tsx'
import { MappingPreview } from '#connections/mapping-preview.tsx'
import { type Connection, changeOf, type Values, valuesOf } from '#connections/settings-values.ts'
import { useMay } from '#frame/places.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Section } from '#parts/page.tsx'
import { fields as text, connection as words } from '#words/connections.ts'

export function SettingsForm({ kept: { data, etag } }: { readonly kept: Answered<Connection> }) {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  const readOnly = !useMay()('connections:write')
  const form = useForm<Values>({ initialValues: valuesOf(data) })
  const send = async (values: Values) => {
    const path = { id: data.id }
    const changed = await here.patch('connections/{id}', { path, body: changeOf(values), ifMatch: etag })
    notice(words.saved)
    queries.setQueryData(here.key('connections', data.id), changed)
    await queries.invalidateQueries({ queryKey: here.key('connections'), exact: true })
  }
  const props = { form, readOnly }
  return (
    <ApiForm form={form} send={send} disabled={readOnly}>
      <Section title={text.groups.identity}>
        <div className="form fields">
          {!readOnly && <ImportMetadata form={form} />}
          <IdentityProviderFields {...props} />
          <CertificateField {...props} known={data.certificates} />
        </div>
      </Section>
      <Section title={text.groups.user}>
        <div className="form fields">
          <UserFields {...props} />
        </div>
      </Section>
      <Section title={text.groups.create}>
        <div className="fields">
          <CreateUsersFields {...props} />
          <MappingPreview id={data.id} form={form} />
        </div>
      </Section>
      <Section title={text.groups.logout}>
        <div className="form fields">
          <LogoutFields {...props} />
        </div>
      </Section>
      <Section title={text.groups.more}>
        <div className="form fields">
          <MessageFields {...props} />
        </div>
      </Section>
    </ApiForm>
  )
}

function IdentityProviderFields({ form, readOnly }: FieldsProps) {
  const field = (path: 'name' | 'issuer' | 'thirdPartyAuthenticationUrl' | 'requestIssuer') => ({
    readOnly,
    ...form.getInputProps(path),
  })
  return (
    <>
      <TextInput label={text.name} {...field('name')} />
      <div className="pair">
        <TextInput label={words.using} value={words.usingSaml} readOnly />
        <TextInput label={text.samlVersion} value="2.0" readOnly />
      </div>
      <TextInput label={text.issuer} description={text.issuerHelp} {...field('issuer')} />
      <TextInput
        label={text.thirdPartyAuthenticationUrl}
        description={text.thirdPartyAuthenticationUrlHelp}
        {...field('thirdPartyAuthenticationUrl')}
      />
      <TextInput label={text.requestIssuer} description={text.requestIssuerHelp} {...field('requestIssuer')} />
    </>
  )
}

function UserFields({ form, readOnly }: FieldsProps) {
  return (
    <>
      <Select
        label={text.userIdType}
        description={text.userIdTypeHelp}
        data={choices(text.userIdTypes)}
        allowDeselect={false}
        disabled={readOnly}
        {...form.getInputProps('userIdType')}
      />
      <Select
        label={text.userIdLocation}
        data={choices(text.userIdLocations)}
        allowDeselect={false}
        disabled={readOnly}
        {...form.getInputProps('userIdLocation')}
      />
      {form.values.userIdLocation === 'attribute' && (
        <TextInput
          label={text.userIdAttribute}
          description={text.userIdAttributeHelp}
          readOnly={readOnly}
          {...form.getInputProps('userIdAttribute')}
        />
      )}
      <Textarea
        label={text.usernameDomains}
        description={text.usernameDomainsHelp}
        autosize
        minRows={1}
        readOnly={readOnly}
        {...form.getInputProps('usernameDomains')}
      />
      <Switch
        label={text.singleSignOnOnly}
        disabled={readOnly}
        {...form.getInputProps('singleSignOnOnly', { type: 'checkbox' })}
      />
    </>
  )
}

function LogoutFields({ form, readOnly }: FieldsProps) {
  const { enabled, method } = form.values.singleLogout
  return (
    <>
      <Switch
        label={text.singleLogout}
        description={text.singleLogoutHelp}
        disabled={readOnly}
        {...form.getInputProps('singleLogout.enabled', { type: 'checkbox' })}
      />
      {enabled && (
        <>
          <TextInput label={text.singleLogoutUrl} readOnly={readOnly} {...form.getInputProps('singleLogout.url')} />
          <Select
            label={text.logoutMethod}
            description={text.logoutMethodHelp}
            data={choices(text.logoutMethods)}
            allowDeselect={false}
            disabled={readOnly}
            {...form.getInputProps('singleLogout.method')}
          />
          {method === 'front-channel' && (
            <Select
              label={text.logoutBinding}
              data={choices(text.bindings)}
              allowDeselect={false}
              disabled={readOnly}
              {...form.getInputProps('singleLogout.binding')}
            />
          )}
          <TextInput
            label={text.logoutResponseUrl}
            description={text.logoutResponseUrlHelp}
            readOnly={readOnly}
            {...form.getInputProps('singleLogout.responseUrl')}
          />
        </>
      )}
    </>
  )
}

function MessageFields({ form, readOnly }: FieldsProps) {
  const check = (
    path:
      | 'signRequests'
      | 'forceAuthn'
      | 'idpInitiated'
      | 'assertionGrant'
      | 'dangerouslyAllowSha1'
      | 'dangerouslyAllowCbc',
  ) => <Switch label={text[path]} disabled={readOnly} {...form.getInputProps(path, { type: 'checkbox' })} />
  const choose = (
    path: 'requestBinding' | 'reauthentication' | 'requireSigned',
    words: Readonly<Record<string, string>>,
  ) => (
    <Select
      label={text[path]}
      data={choices(words)}
      allowDeselect={false}
      disabled={readOnly}
      {...form.getInputProps(path)}
    />
  )
  return (
    <>
      {check('signRequests')}
      {choose('requestBinding', text.bindings)}
      <TextInput
        label={text.nameIdFormat}
        description={text.nameIdFormatHelp}
        readOnly={readOnly}
        {...form.getInputProps('nameIdFormat')}
      />
      {check('forceAuthn')}
      {choose('reauthentication', text.reauthentications)}
      {check('idpInitiated')}
      {check('assertionGrant')}
      {choose('requireSigned', text.requireSigneds)}
      <NumberInput
        label={text.clockSkewSeconds}
        min={0}
        max={120}
        allowDecimal={false}
        readOnly={readOnly}
        {...form.getInputProps('clockSkewSeconds')}
      />
      <fieldset>
        <legend>{text.groups.dangerous}</legend>
        {check('dangerouslyAllowSha1')}
        {check('dangerouslyAllowCbc')}
      </fieldset>
    </>
  )
}
