import { Autocomplete, Checkbox, MultiSelect, Select, TagsInput, Text, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { type Found, type Listed, useHere } from '#api/here.ts'
import { Section } from '#parts/page.tsx'
import type { AccessValues, UserValues } from '#users/user-form.ts'
import { users as listText, editUser as text, user as userText } from '#words/users.ts'

type Form = UseFormReturnType<UserValues>
type Role = Listed<'roles'>
type Props = {
  readonly form: Form
  /** Where each value came from; undefined for somebody who is only being made. */
  readonly provenance?: Found<'users/{id}/provenance'> | undefined
  readonly fromProvider?: boolean
}

const MANY = { query: { limit: 200 } }
const namesIn = (list: { readonly items: readonly { readonly name: string }[] } | undefined) => [
  ...new Set(list?.items.map(({ name }) => name)),
]

export function UserFields({ form, provenance, fromProvider = false }: Props) {
  const here = useHere()
  const teams = useQuery({ queryKey: here.key('teams', 'names'), queryFn: () => here.get('teams', MANY) })
  const profiles = useQuery({
    queryKey: here.key('access-profiles', 'names'),
    queryFn: () => here.get('access-profiles', MANY),
  })
  const origin = (field: string) => provenance?.fields.find((one) => one.field === field)?.sentence
  const primary = provenance?.teams.find((one) => one.primary)?.sentence
  const further = provenance?.teams.filter((one) => !one.primary).map(({ sentence }) => sentence)
  /** What the identity provider alone decides is shown, and cannot be typed over. */
  const identity = (field: 'username' | 'firstName' | 'lastName' | 'email') => ({
    readOnly: fromProvider,
    description: fromProvider ? (origin(field) ?? text.fromProvider) : origin(field),
    ...form.getInputProps(field),
  })
  const ofPlatform = form.values.userType === 'platform'
  return (
    <>
      <Section title={text.profile} intro={fromProvider ? text.fromProvider : undefined}>
        <div className="pair">
          <TextInput label={userText.username} {...identity('username')} />
          <TextInput label={userText.email} {...identity('email')} />
          <TextInput label={userText.firstName} {...identity('firstName')} />
          <TextInput label={userText.lastName} {...identity('lastName')} />
          <TextInput
            label={userText.federatedId}
            description={origin('federatedId')}
            {...form.getInputProps('federatedId')}
          />
          <Select
            label={userText.userType}
            description={origin('userType')}
            data={Object.entries(listText.types).map(([value, label]) => ({ value, label }))}
            allowDeselect={false}
            {...form.getInputProps('userType')}
          />
        </div>
      </Section>
      {ofPlatform ? (
        <>
          <Section title={text.belongs}>
            <div className="pair">
              <Autocomplete
                label={text.primary}
                description={primary}
                data={namesIn(teams.data)}
                {...form.getInputProps('team')}
              />
              <TagsInput
                label={text.further}
                description={further?.join(' ') || text.furtherHelp}
                data={namesIn(teams.data)}
                {...form.getInputProps('teams')}
              />
              <Autocomplete
                label={userText.accessProfile}
                description={origin('accessProfileId')}
                data={namesIn(profiles.data)}
                {...form.getInputProps('accessProfile')}
              />
            </div>
          </Section>
          <Section title={text.access} intro={text.accessHelp}>
            <AccessFields form={form} provenance={provenance} />
          </Section>
        </>
      ) : (
        <Text c="dimmed">{text.siteAccess}</Text>
      )}
    </>
  )
}

function AccessFields({ form, provenance }: Pick<Props, 'form' | 'provenance'>) {
  const here = useHere()
  const applications = useQuery({
    queryKey: here.key('applications', 'names'),
    queryFn: () => here.get('applications', MANY),
  })
  const roles = useQuery({ queryKey: here.key('roles', 'names'), queryFn: () => here.get('roles', MANY) })
  const all = applications.data?.items ?? []
  if (applications.data !== undefined && all.length === 0) return <Text c="dimmed">{text.noApplications}</Text>
  const granted = form.values.applications.map(({ application }) => application)
  return (
    <div className="fields">
      {all.map(({ id, name }) => (
        <OneAccess
          key={id}
          form={form}
          application={{ id, name }}
          roles={(roles.data?.items ?? []).filter(({ applicationId }) => applicationId === id)}
          origin={provenance?.applications.find((one) => one.id === id)?.sentence}
        />
      ))}
      <Select
        className="narrow"
        label={userText.defaultApplication}
        data={all.filter(({ id }) => granted.includes(id)).map(({ id, name }) => ({ value: id, label: name }))}
        clearable
        {...form.getInputProps('defaultApplication')}
      />
      {form.errors.applications && <Text c="broken">{form.errors.applications}</Text>}
    </div>
  )
}

function OneAccess(props: {
  readonly form: Form
  readonly application: { readonly id: string; readonly name: string }
  readonly roles: readonly Role[]
  readonly origin: string | undefined
}) {
  const { form, application, roles, origin } = props
  const { id, name } = application
  const all = form.values.applications
  const access = all.find((one) => one.application === id)
  const put = (changed: AccessValues | undefined) => {
    const others = all.filter((one) => one.application !== id)
    form.setFieldValue('applications', changed === undefined ? others : [...others, changed])
    if (changed === undefined && form.values.defaultApplication === id) form.setFieldValue('defaultApplication', null)
  }
  const choices = roles.map((role) => ({ value: role.id, label: role.name }))
  return (
    <div>
      <Checkbox
        label={name}
        description={origin}
        checked={access !== undefined}
        onChange={({ currentTarget: { checked } }) =>
          put(checked ? { application: id, roles: [], activeRole: null } : undefined)
        }
      />
      {access !== undefined && roles.length > 0 && (
        <div className="pair indented">
          <MultiSelect
            label={text.rolesIn(name)}
            data={choices}
            value={access.roles}
            onChange={(chosen) => put({ ...access, roles: chosen })}
          />
          <Select
            label={text.activeIn(name)}
            data={choices.filter(({ value }) => access.roles.includes(value))}
            value={access.activeRole}
            clearable
            onChange={(activeRole) => put({ ...access, activeRole })}
          />
        </div>
      )}
    </div>
  )
}
