import { Checkbox, Radio, Select, Stack, Text } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { Role } from '#api/me.ts'
import { type Company, usePlaces } from '#frame/places.tsx'
import { administrators as text } from '#words/administrators.ts'
import { frame } from '#words/frame.ts'

export type RoleValues = { readonly role: Role; readonly all: boolean; readonly environments: string[] }

/** As the API takes it: an owner has all Environments. */
export function roleBody({ role, all, environments }: RoleValues) {
  return { role, environments: all || role === 'owner' ? null : environments }
}

/** What somebody may do, and where. */
export function RoleFields<V extends RoleValues>(props: {
  readonly company: Company
  readonly form: UseFormReturnType<V>
}) {
  const { company } = props
  const form = props.form as unknown as UseFormReturnType<RoleValues>
  const { role, all } = form.values
  return (
    <>
      <Select
        label={text.role}
        description={text.roleHelp[role]}
        data={Object.entries(frame.roles).map(([value, label]) => ({ value, label }))}
        allowDeselect={false}
        {...form.getInputProps('role')}
      />
      {role === 'owner' ? (
        <Text size="sm" c="dimmed">
          {text.ownerHasAll}
        </Text>
      ) : (
        <Radio.Group
          label={text.environments}
          value={all ? 'all' : 'some'}
          onChange={(value) => form.setFieldValue('all', value === 'all')}
        >
          <Stack gap="xs" mt={4}>
            <Radio value="all" label={text.environmentsAll} />
            <Radio value="some" label={text.environmentsSome} />
          </Stack>
        </Radio.Group>
      )}
      {role !== 'owner' && !all && <Chosen company={company} form={form} />}
    </>
  )
}

function Chosen({ company, form }: { readonly company: Company; readonly form: UseFormReturnType<RoleValues> }) {
  const { data } = usePlaces()
  const own = (data?.items ?? []).filter((place) => place.company.id === company.id)
  return (
    <Checkbox.Group aria-label={text.environmentsSome} {...form.getInputProps('environments')}>
      <Stack gap="xs" className="indented">
        {own.map(({ id, name }) => (
          <Checkbox key={id} value={id} label={name} />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}
