import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import type { Answered } from '#api/api.tsx'
import { useHere } from '#api/here.ts'
import { DeepLinkCheck } from '#connect/deep-link-check.tsx'
import { type AmazonConnect, typedOf, type Values, valuesOf } from '#connect/settings.ts'
import { choices } from '#connections/fields.ts'
import { useMay } from '#frame/places.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Section } from '#parts/page.tsx'
import { fields as text, amazonConnect as words } from '#words/amazon-connect.ts'

type FieldsProps = { readonly form: UseFormReturnType<Values>; readonly readOnly: boolean }

export function SettingsForm({ kept: { data, etag } }: { readonly kept: Answered<AmazonConnect> }) {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  const readOnly = !useMay()('amazon-connect:write')
  const form = useForm<Values>({ initialValues: valuesOf(data.settings) })
  const send = async (values: Values) => {
    const body = typedOf(values, data.settings)
    const changed = await here.put('amazon-connect', { body, ifMatch: etag })
    // As it was understood: an alias is an address now.
    form.setValues(valuesOf(changed.data.settings))
    queries.setQueryData(here.key('amazon-connect'), changed)
    void queries.invalidateQueries({ queryKey: here.key('federation') })
  }
  const props = { form, readOnly }
  return (
    <ApiForm form={form} send={send} done={() => notice(words.saved)} disabled={readOnly}>
      <Section title={text.groups.instance}>
        <div className="form fields">
          <InstanceFields {...props} />
        </div>
      </Section>
      <Section title={text.groups.singleSignOn}>
        <div className="form fields">
          <SingleSignOnFields {...props} />
        </div>
      </Section>
      <Section title={text.groups.agents}>
        <div className="form fields">
          <AgentFields {...props} />
        </div>
      </Section>
    </ApiForm>
  )
}

function InstanceFields({ form, readOnly }: FieldsProps) {
  const field = (path: 'url' | 'id' | 'region' | 'accountId') => ({
    label: text[path],
    description: text[`${path}Help`],
    readOnly,
    spellCheck: false,
    ...form.getInputProps(`instance.${path}`),
  })
  return (
    <>
      <TextInput {...field('url')} />
      <TextInput {...field('id')} />
      <div className="pair">
        <TextInput {...field('region')} />
        <TextInput {...field('accountId')} />
      </div>
      <Select
        className="narrow"
        label={text.ccpVersion}
        description={text.ccpVersionHelp}
        data={choices(text.ccpVersions)}
        allowDeselect={false}
        disabled={readOnly}
        {...form.getInputProps('ccpVersion')}
      />
    </>
  )
}

function SingleSignOnFields({ form, readOnly }: FieldsProps) {
  return (
    <>
      <Checkbox
        label={text.enabled}
        description={text.enabledHelp}
        disabled={readOnly}
        {...form.getInputProps('singleSignOn.enabled', { type: 'checkbox' })}
      />
      <TextInput
        label={text.ssoUrl}
        description={text.ssoUrlHelp}
        readOnly={readOnly}
        spellCheck={false}
        {...form.getInputProps('singleSignOn.url')}
      />
      <DeepLinkCheck link={form.values.singleSignOn.url} />
      <Checkbox
        label={text.autoCloseWindow}
        description={text.autoCloseWindowHelp}
        disabled={readOnly}
        {...form.getInputProps('singleSignOn.autoCloseWindow', { type: 'checkbox' })}
      />
    </>
  )
}

function AgentFields({ form, readOnly }: FieldsProps) {
  return (
    <>
      <Checkbox
        label={text.requireSignIn}
        description={text.requireSignInHelp}
        disabled={readOnly}
        {...form.getInputProps('requireSignIn', { type: 'checkbox' })}
      />
      <Select
        label={text.agentName}
        description={text.agentNameHelp}
        data={choices(text.agentNames)}
        allowDeselect={false}
        disabled={readOnly}
        {...form.getInputProps('agentName')}
      />
      <NumberInput
        className="narrow"
        label={text.stuckAfterSeconds}
        description={text.stuckAfterSecondsHelp}
        min={10}
        max={120}
        allowDecimal={false}
        clampBehavior="none"
        readOnly={readOnly}
        {...form.getInputProps('stuckAfterSeconds')}
      />
    </>
  )
}
