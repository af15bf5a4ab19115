import { Checkbox, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import type { BodyOf } from '#api/api.tsx'
import { type Found, useHere } from '#api/here.ts'
import { productChoices, useFederationGuide } from '#connect/federation-guide.ts'
import type { Settings } from '#connect/settings.ts'
import { choices } from '#connections/fields.ts'
import { Copyable } from '#parts/copyable.tsx'
import { Facts } from '#parts/facts.tsx'
import { ApiForm } from '#parts/form.tsx'
import { relayState as text } from '#words/amazon-connect.ts'

type Made = Found<'amazon-connect/relay-states', 'post'>
type Asked = NonNullable<BodyOf<'/api/v1/environments/{environmentId}/amazon-connect/relay-states', 'post'>>

export function RelayStateBuilder({ settings }: { readonly settings: Settings }) {
  const here = useHere()
  const [made, setMade] = useState<Made>()
  const { instance, ccpVersion, federation, singleSignOn } = settings
  const form = useForm({
    initialValues: {
      region: instance.region,
      instanceId: instance.id,
      destination: federation.destination ?? (ccpVersion === 'v1' ? 'ccp' : 'ccp-v2'),
      vdiPlatform: '',
      newDomain: !instance.url.endsWith('.awsapps.com'),
      product: federation.product ?? 'generic',
      deepLink: singleSignOn.url ?? '',
    },
  })
  const { data: guide } = useFederationGuide('generic')
  const send = async ({ deepLink, vdiPlatform, ...values }: typeof form.values) => {
    const link = deepLink.trim() === '' ? {} : { deepLink: deepLink.trim() }
    const body = { ...values, vdiPlatform: vdiPlatform.trim() || null, ...link } as Asked
    setMade((await here.post('amazon-connect/relay-states', { body })).data)
  }
  return (
    <Stack gap="md">
      <div className="form">
        <ApiForm form={form} send={send} submit={text.make} forgetful>
          <div className="pair">
            <TextInput label={text.region} spellCheck={false} {...form.getInputProps('region')} />
            <TextInput label={text.instanceId} spellCheck={false} {...form.getInputProps('instanceId')} />
          </div>
          <div className="pair">
            <Select
              label={text.destination}
              data={choices(text.destinations)}
              allowDeselect={false}
              {...form.getInputProps('destination')}
            />
            <TextInput
              label={text.vdiPlatform}
              description={text.vdiPlatformHelp}
              {...form.getInputProps('vdiPlatform')}
            />
          </div>
          <Checkbox label={text.newDomain} {...form.getInputProps('newDomain', { type: 'checkbox' })} />
          <Select
            label={text.product}
            description={text.productHelp}
            data={productChoices(guide)}
            allowDeselect={false}
            {...form.getInputProps('product')}
          />
          <TextInput
            label={text.link}
            description={text.linkHelp}
            spellCheck={false}
            {...form.getInputProps('deepLink')}
          />
        </ApiForm>
      </div>
      <div role="status">{made && <Result made={made} />}</div>
    </Stack>
  )
}

function Result({ made: { relayState, link, note } }: { readonly made: Made }) {
  const ofLink =
    link === null ? [] : [[text.madeLink, <Copyable key="link" value={link} what={text.madeLink} />] as const]
  return (
    <div className="found">
      <Facts items={[[text.made, <Copyable key="made" value={relayState} what={text.made} />], ...ofLink]} />
      <Text size="sm">{note}</Text>
    </div>
  )
}
