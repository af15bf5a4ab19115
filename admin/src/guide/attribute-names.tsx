import { Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { type ProviderChange, type SetUpConnection, useSettingUp } from '#guide/setting-up.ts'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { guide as text } from '#words/set-up.ts'

const names = ['firstName', 'lastName', 'email', 'team', 'role'] as const
type Values = {
  userIdLocation: SetUpConnection['userIdLocation']
  userIdAttribute: string
  createUsers: { attributes: Record<(typeof names)[number], string> }
}

/** Which attributes are asked for: often it is easier to take the names that the identity provider has. */
export function AttributeNames() {
  const { connection } = useSettingUp()
  const kept = valuesOf(connection)
  return (
    <details>
      <summary>{text.attributes}</summary>
      <NamesForm key={JSON.stringify(kept)} kept={kept} />
    </details>
  )
}

function NamesForm({ kept }: { readonly kept: Values }) {
  const { change } = useSettingUp()
  const notice = useNotice()
  const form = useForm<Values>({ initialValues: kept })
  const field = (name: (typeof names)[number]) => (
    <TextInput
      key={name}
      label={text.attributeLabels[name]}
      {...form.getInputProps(`createUsers.attributes.${name}`)}
    />
  )
  return (
    <div className="form guide-part">
      <ApiForm form={form} send={async (values) => change(changeOf(values))} done={() => notice(text.saved)}>
        <p className="quiet">{text.attributesIntro}</p>
        <div className="pair">
          <Select
            label={text.userId}
            data={Object.entries(text.userIdLocations).map(([value, label]) => ({ value, label }))}
            allowDeselect={false}
            {...form.getInputProps('userIdLocation')}
          />
          {form.values.userIdLocation === 'attribute' && (
            <TextInput label={text.attributeLabels.userIdAttribute} {...form.getInputProps('userIdAttribute')} />
          )}
        </div>
        <div className="pair">{names.map(field)}</div>
      </ApiForm>
    </div>
  )
}

function valuesOf({ userIdLocation, userIdAttribute, createUsers }: SetUpConnection): Values {
  const entries = names.map((name) => [name, createUsers.attributes[name] ?? ''])
  return {
    userIdLocation,
    userIdAttribute: userIdAttribute ?? '',
    createUsers: { attributes: Object.fromEntries(entries) },
  }
}

function changeOf({ userIdLocation, userIdAttribute, createUsers }: Values): ProviderChange {
  const entries = names.map((name) => [name, createUsers.attributes[name].trim() || null])
  return {
    userIdLocation,
    userIdAttribute: userIdLocation === 'attribute' ? userIdAttribute.trim() || null : null,
    createUsers: { attributes: Object.fromEntries(entries) },
  }
}
