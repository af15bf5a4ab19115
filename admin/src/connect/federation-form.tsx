import { NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import type { Answered } from '#api/api.tsx'
import { useHere } from '#api/here.ts'
import { type FederationGuide, productChoices } from '#connect/federation-guide.ts'
import type { AmazonConnect, Settings, TypedSettings } from '#connect/settings.ts'
import { choices } from '#connections/fields.ts'
import { DropFile } from '#explain/drop-file.tsx'
import { useMay } from '#frame/places.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { federation as text } from '#words/aws-federation.ts'

type Federation = Required<NonNullable<TypedSettings['federation']>>

/** Absent is empty. */
function valuesOf({ product, destination, metadata, ...names }: Settings['federation']) {
  const sessionSeconds: number | string = names.sessionSeconds
  return { ...names, product, sessionSeconds, destination: destination ?? '', metadata: metadata ?? '' }
}

function typedOf({
  product,
  destination,
  metadata,
  sessionSeconds,
  ...names
}: ReturnType<typeof valuesOf>): Federation {
  return {
    ...names,
    product: product as Federation['product'],
    sessionSeconds: Number(sessionSeconds),
    destination: (destination || null) as Federation['destination'],
    metadata: metadata.trim() || null,
  }
}

export function FederationForm(props: {
  readonly kept: Answered<AmazonConnect>
  readonly settings: Settings
  readonly guide: FederationGuide | undefined
  readonly onProduct: (product: string | null) => void
}) {
  const { kept, settings, guide, onProduct } = props
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  const readOnly = !useMay()('amazon-connect:write')
  const form = useForm({ initialValues: { federation: valuesOf(settings.federation) } })
  const send = async (values: typeof form.values) => {
    const body = { ...settings, federation: typedOf(values.federation) }
    const changed = await here.put('amazon-connect', { body, ifMatch: kept.etag })
    queries.setQueryData(here.key('amazon-connect'), changed)
    void queries.invalidateQueries({ queryKey: here.key('federation') })
  }
  const name = (path: 'providerName' | 'roleName') => ({
    label: text[path],
    description: text[`${path}Help`],
    readOnly,
    spellCheck: false,
    ...form.getInputProps(`federation.${path}`),
  })
  return (
    <div className="form">
      <ApiForm form={form} send={send} done={() => notice(text.saved)} disabled={readOnly} forgetful={readOnly}>
        <Select
          label={text.product}
          description={text.productHelp}
          placeholder={text.choose}
          data={productChoices(guide)}
          searchable
          {...form.getInputProps('federation.product')}
          onChange={(product) => {
            // Whoever may change nothing can still look at another guide.
            onProduct(product)
            form.setFieldValue('federation.product', product)
          }}
        />
        <div className="pair">
          <TextInput {...name('providerName')} />
          <TextInput {...name('roleName')} />
        </div>
        <div className="pair">
          <NumberInput
            label={text.sessionSeconds}
            description={text.sessionSecondsHelp}
            min={900}
            max={43_200}
            step={900}
            allowDecimal={false}
            clampBehavior="none"
            readOnly={readOnly}
            {...form.getInputProps('federation.sessionSeconds')}
          />
          <Select
            label={text.destination}
            data={choices(text.destinations)}
            allowDeselect={false}
            disabled={readOnly}
            {...form.getInputProps('federation.destination')}
          />
        </div>
        <DropFile
          file={undefined}
          take={(taken) => !readOnly && form.setFieldValue('federation.metadata', taken?.text ?? '')}
        >
          <Textarea
            label={text.metadata}
            description={text.metadataHelp}
            classNames={{ input: 'code' }}
            autosize
            minRows={2}
            maxRows={4}
            spellCheck={false}
            readOnly={readOnly}
            {...form.getInputProps('federation.metadata')}
          />
        </DropFile>
      </ApiForm>
    </div>
  )
}
