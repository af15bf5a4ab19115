import { Button, FileButton, Group, List, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { ByHand } from '#guide/by-hand.tsx'
import {
  type MetadataAsked,
  type MetadataRead,
  type ProviderChange,
  type Step,
  useSettingUp,
} from '#guide/setting-up.ts'
import { Fault } from '#parts/answers.tsx'
import { Facts } from '#parts/facts.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Time } from '#parts/time.tsx'
import { guide as text } from '#words/set-up.ts'

type Brings = Step['brings']

/** What comes back from the identity provider: its metadata, or the values one by one. */
export function Brought({ brings }: { readonly brings: Brings }) {
  const { mayChange } = useSettingUp()
  const isMetadata = ({ field }: Brings[number]) => field === 'identityProviderMetadataUrl' || field === 'metadata'
  const byHand = brings.filter((one) => !isMetadata(one))
  return (
    <div className="guide-brought">
      <h3>{text.bringHere}</h3>
      {mayChange && (
        <>
          {brings.some(isMetadata) && <Metadata brings={brings} />}
          {byHand.length > 0 && (
            <details>
              <summary>{text.byHand}</summary>
              <ByHand brings={byHand} />
            </details>
          )}
        </>
      )}
      <Kept />
    </div>
  )
}

function Metadata({ brings }: { readonly brings: Brings }) {
  const [warnings, setWarnings] = useState<MetadataRead['warnings']>([])
  const { readMetadata, change } = useSettingUp()
  const notice = useNotice()
  const take = async (asked: MetadataAsked) => {
    const { settings, warnings } = await readMetadata(asked)
    const published = 'url' in asked ? { identityProviderMetadataUrl: asked.url } : {}
    await change({ ...(settings as ProviderChange), ...published })
    setWarnings(warnings)
    notice(text.saved)
  }
  const url = brings.find(({ field }) => field === 'identityProviderMetadataUrl')
  const file = brings.find(({ field }) => field === 'metadata')
  return (
    <Stack gap="md">
      {url && <MetadataAddress brings={url} take={take} />}
      {file === undefined ? (
        <details>
          <summary>{text.orFile}</summary>
          <MetadataFile take={take} />
        </details>
      ) : (
        <MetadataFile brings={file} take={take} />
      )}
      {warnings.length > 0 && (
        <div>
          <Text size="sm" fw={600}>
            {text.readWarnings}
          </Text>
          <List size="sm">
            {warnings.map(({ path, message }) => (
              <List.Item key={path + message}>{message}</List.Item>
            ))}
          </List>
        </div>
      )}
    </Stack>
  )
}

type Take = (asked: MetadataAsked) => Promise<void>

function MetadataAddress({ brings, take }: { readonly brings: Brings[number]; readonly take: Take }) {
  const { connection } = useSettingUp()
  const form = useForm({ initialValues: { url: connection.identityProviderMetadataUrl ?? '' } })
  return (
    <div className="form">
      <ApiForm form={form} send={({ url }) => take({ url })} submit={text.read}>
        <TextInput
          label={brings.theirLabel}
          description={brings.note ?? text.metadataAddress}
          type="url"
          {...form.getInputProps('url')}
        />
      </ApiForm>
    </div>
  )
}

function MetadataFile({ brings, take }: { readonly brings?: Brings[number]; readonly take: Take }) {
  const form = useForm({ initialValues: { xml: '' } })
  const loading = useMutation({ mutationFn: async (file: File) => take({ xml: await file.text() }) })
  return (
    <Stack gap="xs" className="guide-part">
      {brings && (
        <Text size="sm">
          <b>{brings.theirLabel}</b> {brings.note}
        </Text>
      )}
      <Group gap="xs">
        <FileButton accept=".xml,text/xml,application/xml" onChange={(file) => file && loading.mutate(file)}>
          {(button) => (
            <Button variant="default" loading={loading.isPending} {...button}>
              {text.metadataFile}
            </Button>
          )}
        </FileButton>
      </Group>
      {loading.error && <Fault error={loading.error} />}
      <details>
        <summary>{text.metadataPaste}</summary>
        <div className="form guide-part">
          <ApiForm
            form={form}
            send={({ xml }) => take({ xml })}
            done={() => form.setFieldValue('xml', '')}
            submit={text.savePaste}
          >
            <Textarea
              label={text.metadataPaste}
              classNames={{ input: 'code' }}
              autosize
              minRows={3}
              maxRows={10}
              spellCheck={false}
              {...form.getInputProps('xml')}
            />
          </ApiForm>
        </div>
      </details>
    </Stack>
  )
}

/** What the connection has of its identity provider, however it came here. */
function Kept() {
  const { issuer, thirdPartyAuthenticationUrl, certificates } = useSettingUp().connection
  const items = [
    ...(issuer === null ? [] : [[text.issuer, issuer] as const]),
    ...(thirdPartyAuthenticationUrl === null ? [] : [[text.signInAddress, thirdPartyAuthenticationUrl] as const]),
    ...certificates.map(({ subject, notAfter }, index) => {
      const name = certificates.length === 1 ? text.certificate : `${text.certificate} ${index + 1}`
      const until = (
        <>
          {subject}, {text.until} <Time at={notAfter} />
        </>
      )
      return [name, until] as const
    }),
  ]
  if (items.length === 0) return undefined
  return (
    <div className="guide-kept">
      <h3>{text.kept}</h3>
      <Facts items={items} />
    </div>
  )
}
