import { Radio, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useHere } from '#api/here.ts'
import { ClientFields, type ClientValues, newClient, settingsOf, useClientForm } from '#clients/client-form.tsx'
import { SecretShown } from '#clients/client-secrets.tsx'
import { baseOf, usePlace } from '#frame/places.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Page, Section } from '#parts/page.tsx'
import { clients as listText, client as text } from '#words/clients.ts'

type Made = { readonly id: string; readonly name: string; readonly secret: string | undefined }

/** A client that keeps a secret gets its first one at once: it is shown before anything else can be done. */
export function NewClientPage() {
  const here = useHere()
  const base = baseOf(usePlace())
  const navigate = useNavigate()
  const queries = useQueryClient()
  const notice = useNotice()
  const [made, setMade] = useState<Made>()
  const form = useClientForm(newClient)
  const goTo = (id: string) => navigate({ to: `${base}/clients/${encodeURIComponent(id)}` })
  const send = async (values: ClientValues) => {
    const { id, name, kind, purpose, backChannelLogoutUri } = values
    const body = {
      ...settingsOf(values),
      ...(id.trim() === '' ? {} : { id: id.trim() }),
      ...(purpose === 'none' ? {} : { purpose: purpose as 'mobile' }),
      ...(backChannelLogoutUri.trim() === '' ? {} : { backChannelLogoutUri: backChannelLogoutUri.trim() }),
      name,
      kind,
    }
    const { data } = await here.post('clients', { body })
    await queries.invalidateQueries({ queryKey: here.key('clients') })
    notice(listText.added(data.name))
    if (kind === 'native' || kind === 'single-page') return goTo(data.id)
    const secret = await here.post('clients/{id}/secrets', { path: { id: data.id }, body: {} })
    setMade({ id: data.id, name: data.name, secret: secret.data.secret })
  }
  return (
    <Page title={text.addTitle} intro={text.addIntro} back={{ to: `${base}/clients`, label: text.back }}>
      {made?.secret !== undefined && <SecretShown secret={made.secret} close={() => void goTo(made.id)} />}
      <Section title={text.settings}>
        <div className="form">
          <ApiForm
            form={form}
            send={send}
            submit={text.addSubmit}
            cancel={() => void navigate({ to: `${base}/clients` })}
          >
            <Radio.Group label={text.kind} {...form.getInputProps('kind')}>
              <Stack gap="xs" mt={4}>
                {Object.entries(listText.kinds).map(([value, label]) => (
                  <Radio
                    key={value}
                    value={value}
                    label={label}
                    description={listText.kindHelp[value as ClientValues['kind']]}
                  />
                ))}
              </Stack>
            </Radio.Group>
            <TextInput label={text.id} description={text.idHelp} {...form.getInputProps('id')} />
            <ClientFields form={form} readOnly={false} />
          </ApiForm>
        </div>
      </Section>
    </Page>
  )
}
