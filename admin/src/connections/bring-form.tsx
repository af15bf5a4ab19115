import { Button, FileButton, Group, List, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Guide, ProviderChange, SetupSource } from '#connections/setup-source.ts'
import { Fault } from '#parts/answers.tsx'
import { ApiForm } from '#parts/form.tsx'
import { guide as text } from '#words/guide.ts'

type BringProps = {
  readonly source: SetupSource
  readonly brings: Guide['steps'][number]['brings']
  /** After something was saved. */
  readonly done: () => void
}

/** From them to us: the metadata, or its values one by one. Saved at once, so that the checks can look at it. */
export function BringForm({ source, brings, done }: BringProps) {
  const queries = useQueryClient()
  const [url, setUrl] = useState('')
  const after = async () => {
    await queries.invalidateQueries({ queryKey: source.key })
    done()
  }
  const reading = useMutation({
    mutationFn: async (asked: { readonly url: string } | { readonly xml: string }) => {
      const { settings, warnings } = await source.readMetadata(asked)
      const address = 'url' in asked ? { identityProviderMetadataUrl: asked.url } : {}
      await source.save({ ...(settings as ProviderChange), ...address })
      return warnings
    },
    onSuccess: after,
  })
  return (
    <fieldset disabled={source.readOnly}>
      <legend>{text.brings}</legend>
      <List size="sm">
        {brings.map(({ theirLabel, note }) => (
          <List.Item key={theirLabel}>
            <b>{theirLabel}</b> {note}
          </List.Item>
        ))}
      </List>
      <Text size="sm" c="dimmed">
        {text.bringsIntro}
      </Text>
      <TextInput
        label={text.metadataUrl}
        type="url"
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <Group gap="xs">
        <Button
          variant="default"
          disabled={url.trim() === ''}
          loading={reading.isPending}
          onClick={() => reading.mutate({ url: url.trim() })}
        >
          {text.readUrl}
        </Button>
        <FileButton
          accept=".xml,text/xml,application/xml"
          onChange={(file) => void file?.text().then((xml) => reading.mutate({ xml }))}
        >
          {(button) => (
            <Button variant="default" {...button}>
              {text.readFile}
            </Button>
          )}
        </FileButton>
      </Group>
      {reading.error && <Fault error={reading.error} />}
      <div role="status">
        {reading.data && (
          <Text size="sm">
            {text.saved} {reading.data.map(({ message }) => message).join(' ')}
          </Text>
        )}
      </div>
      <details>
        <summary>{text.byHand}</summary>
        <ByHand source={source} after={after} />
      </details>
    </fieldset>
  )
}

function ByHand({ source, after }: { readonly source: SetupSource; readonly after: () => Promise<void> }) {
  const form = useForm({
    initialValues: { issuer: '', thirdPartyAuthenticationUrl: '', issuerCertificates: '', singleLogoutUrl: '' },
  })
  // What is left empty stays as it is.
  const send = async (values: typeof form.values) => {
    const { issuer, thirdPartyAuthenticationUrl, issuerCertificates, singleLogoutUrl } = values
    await source.save({
      ...(issuer.trim() === '' ? {} : { issuer: issuer.trim() }),
      ...(thirdPartyAuthenticationUrl.trim() === '' ? {} : { thirdPartyAuthenticationUrl }),
      ...(issuerCertificates.trim() === '' ? {} : { issuerCertificates: [issuerCertificates] }),
      ...(singleLogoutUrl.trim() === '' ? {} : { singleLogout: { url: singleLogoutUrl } }),
    })
    await after()
  }
  return (
    <ApiForm form={form} send={send} fieldOf={{ 'singleLogout.url': 'singleLogoutUrl' }} disabled={source.readOnly}>
      <Stack gap="sm" mt="sm">
        <TextInput label={text.issuer} {...form.getInputProps('issuer')} />
        <TextInput label={text.thirdPartyAuthenticationUrl} {...form.getInputProps('thirdPartyAuthenticationUrl')} />
        <Textarea
          label={text.certificate}
          description={text.certificateHelp}
          autosize
          minRows={2}
          maxRows={8}
          classNames={{ input: 'code' }}
          {...form.getInputProps('issuerCertificates')}
        />
        <TextInput label={text.singleLogoutUrl} {...form.getInputProps('singleLogoutUrl')} />
      </Stack>
    </ApiForm>
  )
}
