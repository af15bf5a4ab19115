import { NumberInput, Stack, Switch } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type Found, useHere } from '#api/here.ts'
import { useMay } from '#frame/places.tsx'
import { Loaded } from '#parts/answers.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { sessions as text } from '#words/sessions.ts'

type Settings = Found<'session-settings'>

export function SessionLimits() {
  const here = useHere()
  const query = useQuery({ queryKey: here.key('session-settings'), queryFn: () => here.get('session-settings') })
  return <Loaded query={query}>{(settings) => <LimitsForm settings={settings} />}</Loaded>
}

function LimitsForm({ settings }: { readonly settings: Settings }) {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  const readOnly = !useMay()('session-settings:write')
  const form = useForm({
    initialValues: {
      idleMinutes: settings.idleMinutes ?? 0,
      lifetimeMinutes: settings.lifetimeMinutes ?? 0,
      enabled: settings.limit?.enabled ?? false,
      maximum: settings.limit?.maximum ?? 3,
    },
  })
  const send = async ({ idleMinutes, lifetimeMinutes, enabled, maximum }: typeof form.values) => {
    const body = { idleMinutes, lifetimeMinutes, limit: { enabled, maximum } }
    const { data } = await here.put('session-settings', { body })
    queries.setQueryData(here.key('session-settings'), data)
  }
  return (
    <div className="form">
      <ApiForm
        form={form}
        send={send}
        done={() => notice(text.limitsSaved)}
        disabled={readOnly}
        fieldOf={{ 'limit.maximum': 'maximum', 'limit.enabled': 'enabled' }}
      >
        <NumberInput
          label={text.idle}
          description={text.idleHelp}
          min={0}
          allowDecimal={false}
          readOnly={readOnly}
          {...form.getInputProps('idleMinutes')}
        />
        <NumberInput
          label={text.lifetime}
          description={text.lifetimeHelp}
          min={0}
          allowDecimal={false}
          readOnly={readOnly}
          {...form.getInputProps('lifetimeMinutes')}
        />
        <Stack gap="xs">
          <Switch
            label={text.limit}
            description={text.limitHelp}
            disabled={readOnly}
            {...form.getInputProps('enabled', { type: 'checkbox' })}
          />
          {form.values.enabled && (
            <NumberInput
              label={text.maximum}
              min={1}
              allowDecimal={false}
              readOnly={readOnly}
              {...form.getInputProps('maximum')}
            />
          )}
        </Stack>
      </ApiForm>
    </div>
  )
}
