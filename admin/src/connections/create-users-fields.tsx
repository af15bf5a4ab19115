import { Autocomplete, Select, Switch, TagsInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useHere } from '#api/here.ts'
import { choices, type FieldsProps } from '#connections/fields.ts'
import { fields as text } from '#words/connections.ts'

type Attribute = keyof typeof text.attributes
const MANY = { query: { limit: 200 } }

/** Each default beside the attribute that it stands in for. */
export function CreateUsersFields({ form, readOnly }: FieldsProps) {
  const { enabled, defaults } = form.values.createUsers
  const names = useNames()
  const ofPlatform = defaults.userType === 'platform'
  const attribute = (name: Attribute) => (
    <TextInput
      label={text.attributes[name]}
      description={text.attributeHelps[name]}
      readOnly={readOnly}
      {...form.getInputProps(`createUsers.attributes.${name}`)}
    />
  )
  const byName = (name: 'team' | 'accessProfile' | 'application', label: string, data: readonly string[]) => (
    <Autocomplete
      label={label}
      data={[...data]}
      readOnly={readOnly}
      {...form.getInputProps(`createUsers.defaults.${name}`)}
    />
  )
  return (
    <div className="fields">
      <Switch
        label={text.createUsers}
        description={text.createUsersHelp}
        disabled={readOnly}
        {...form.getInputProps('createUsers.enabled', { type: 'checkbox' })}
      />
      {enabled && (
        <>
          <div className="pair">
            {attribute('firstName')}
            {attribute('lastName')}
          </div>
          <div className="pair">{attribute('email')}</div>
          <p className="quiet">
            {text.defaultsHelp} {!ofPlatform && text.siteDefaults}
          </p>
          <div className="pair">
            <Select
              label={text.defaultUserType}
              data={choices(text.userTypes)}
              allowDeselect={false}
              disabled={readOnly}
              {...form.getInputProps('createUsers.defaults.userType')}
            />
            {attribute('userType')}
            {byName('team', text.defaultTeam, names.teams)}
            {attribute('team')}
            {ofPlatform && byName('accessProfile', text.defaultAccessProfile, names.accessProfiles)}
            {ofPlatform && attribute('accessProfile')}
            {ofPlatform && byName('application', text.defaultApplication, names.applications)}
            {ofPlatform && attribute('application')}
            {ofPlatform && (
              <TagsInput
                label={text.defaultRoles}
                data={[...names.roles]}
                readOnly={readOnly}
                {...form.getInputProps('createUsers.defaults.roles')}
              />
            )}
            {ofPlatform && attribute('role')}
          </div>
          <Select
            label={text.onSyncFailure}
            className="form"
            data={choices(text.onSyncFailures)}
            allowDeselect={false}
            disabled={readOnly}
            {...form.getInputProps('createUsers.onSyncFailure')}
          />
        </>
      )}
    </div>
  )
}

/** Those that there are, to choose from; a name that is not there yet may be typed. */
function useNames() {
  const here = useHere()
  const { data } = useQuery({
    queryKey: here.key('directory-names'),
    queryFn: async () => {
      const lists = [
        here.get('teams', MANY),
        here.get('access-profiles', MANY),
        here.get('applications', MANY),
        here.get('roles', MANY),
      ] as const
      const [teams, accessProfiles, applications, roles] = await Promise.all(lists)
      const names = (list: { readonly items: readonly { readonly name: string }[] }) => [
        ...new Set(list.items.map(({ name }) => name)),
      ]
      return {
        teams: names(teams),
        accessProfiles: names(accessProfiles),
        applications: names(applications),
        roles: names(roles),
      }
    },
  })
  return data ?? { teams: [], accessProfiles: [], applications: [], roles: [] }
}
