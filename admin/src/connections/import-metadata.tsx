import { Alert, Button, FileButton, Group, List, Stack, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useHere } from '#api/here.ts'
import type { Values } from '#connections/settings-values.ts'
import { Fault } from '#parts/answers.tsx'
import { connection as text } from '#words/connections.ts'

type Asked = { readonly url: string } | { readonly xml: string }

/** Fills the form in from metadata, by address or from a file. */
export function ImportMetadata({ form }: { readonly form: UseFormReturnType<Values> }) {
  const here = useHere()
  const reading = useMutation({
    mutationFn: async (body: Asked) => (await here.post('connections/read-metadata', { body })).data,
    onSuccess: ({ settings }, asked) => {
      form.setValues((values) => merged(values as Values, settings))
      if ('url' in asked) form.setFieldValue('identityProviderMetadataUrl', asked.url)
    },
  })
  const url = form.values.identityProviderMetadataUrl.trim()
  return (
    <fieldset>
      <legend>{text.importTitle}</legend>
      <Stack gap="xs">
        <Group align="flex-end" gap="xs">
          <TextInput
            className="grow"
            label={text.importUrl}
            description={text.importIntro}
            type="url"
            {...form.getInputProps('identityProviderMetadataUrl')}
          />
        </Group>
        <Group gap="xs">
          <Button
            variant="default"
            loading={reading.isPending}
            disabled={url === ''}
            onClick={() => reading.mutate({ url })}
          >
            {text.importRead}
          </Button>
          <FileButton
            accept=".xml,text/xml,application/xml"
            onChange={(file) => void file?.text().then((xml) => reading.mutate({ xml }))}
          >
            {(button) => (
              <Button variant="default" {...button}>
                {text.importFile}
              </Button>
            )}
          </FileButton>
        </Group>
        {reading.error && <Fault error={reading.error} />}
        <div role="status">
          {reading.data && (
            <Alert color="accent" variant="outline">
              {text.imported(Object.keys(reading.data.settings).length)}
              {reading.data.warnings.length > 0 && (
                <List size="sm">
                  {reading.data.warnings.map(({ path, message }) => (
                    <List.Item key={path + message}>{message}</List.Item>
                  ))}
                </List>
              )}
            </Alert>
          )}
        </div>
      </Stack>
    </fieldset>
  )
}

/** What the metadata says takes the place of what was there; what it does not say stays. */
export function merged<T extends object>(values: T, found: Readonly<Record<string, unknown>>): T {
  const result = { ...values } as Record<string, unknown>
  for (const [name, value] of Object.entries(found)) {
    if (!(name in result) || value === null || value === undefined) continue
    const nested = typeof value === 'object' && !Array.isArray(value)
    result[name] = nested ? merged(result[name] as object, value as Record<string, unknown>) : value
  }
  return result as T
}
