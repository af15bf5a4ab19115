// The steps of a guide that only an administrator takes, and here: who gets an account, and the connection put to use.

import { Anchor, Autocomplete, Button, Group, Select, Switch, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Answered } from '#api/api.tsx'
import { useHere } from '#api/here.ts'
import { ActivateButton } from '#connections/connection-deeds.tsx'
import type { Connection } from '#connections/settings-values.ts'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import type { OwnStep } from '#guide/guide.tsx'
import { useSettingUp } from '#guide/setting-up.ts'
import { Copyable } from '#parts/copyable.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { fields, connection as words } from '#words/connections.ts'
import { guide, ours as text } from '#words/set-up.ts'

export function useOwnSteps(kept: Answered<Connection>): readonly OwnStep[] {
  const { createUsers, state } = kept.data
  return [
    {
      title: text.people.title,
      state: createUsers.enabled ? 'done' : 'free',
      children: <People key={JSON.stringify(createUsers)} kept={kept} />,
    },
    {
      title: text.activate.title,
      state: state === 'live' ? 'done' : 'open',
      children: <Activate kept={kept} />,
    },
  ]
}

function People({ kept: { data: connection, etag } }: { readonly kept: Answered<Connection> }) {
  const here = useHere()
  const base = baseOf(usePlace())
  const queries = useQueryClient()
  const notice = useNotice()
  const readOnly = !useMay()('connections:write')
  const { enabled, defaults } = connection.createUsers
  const teams = useQuery({
    queryKey: here.key('teams'),
    queryFn: async () => (await here.get('teams', { query: { limit: 200 } })).items.map(({ name }) => name),
  })
  const form = useForm({
    initialValues: { createUsers: { enabled, defaults: { userType: defaults.userType, team: defaults.team ?? '' } } },
  })
  const send = async ({ createUsers }: typeof form.values) => {
    const team = createUsers.defaults.team.trim() || null
    if (createUsers.enabled && team !== null && teams.data !== undefined && !teams.data.includes(team)) {
      await here.post('teams', { body: { name: team } })
      await queries.invalidateQueries({ queryKey: here.key('teams') })
    }
    const body = { createUsers: { ...createUsers, defaults: { ...createUsers.defaults, team } } }
    const changed = await here.patch('connections/{id}', { path: { id: connection.id }, body, ifMatch: etag })
    queries.setQueryData(here.key('connections', connection.id), changed)
    void queries.invalidateQueries({ queryKey: here.key('connections') })
  }
  return (
    <>
      <p>{text.people.text}</p>
      <div className="form">
        <ApiForm
          form={form}
          send={send}
          done={() => notice(guide.saved)}
          submit={text.people.save}
          disabled={readOnly}
          fieldOf={{ name: 'createUsers.defaults.team' }}
        >
          <Switch
            label={text.people.createUsers}
            disabled={readOnly}
            {...form.getInputProps('createUsers.enabled', { type: 'checkbox' })}
          />
          {form.values.createUsers.enabled && (
            <>
              <Select
                label={text.people.userType}
                data={Object.entries(text.people.userTypes).map(([value, label]) => ({ value, label }))}
                allowDeselect={false}
                disabled={readOnly}
                {...form.getInputProps('createUsers.defaults.userType')}
              />
              <Autocomplete
                label={text.people.team}
                description={text.people.teamHelp}
                data={teams.data ?? []}
                readOnly={readOnly}
                {...form.getInputProps('createUsers.defaults.team')}
              />
            </>
          )}
        </ApiForm>
      </div>
      <Text size="sm" c="dimmed">
        {text.people.more}{' '}
        <Anchor component={Link} underline="always" to={`${base}/connections/${connection.ticket}`}>
          {guide.settings}
        </Anchor>
        .
      </Text>
    </>
  )
}

function Activate({ kept }: { readonly kept: Answered<Connection> }) {
  const here = useHere()
  const place = usePlace()
  const queries = useQueryClient()
  const notice = useNotice()
  const { mayChange } = useSettingUp()
  const { ticket, state, missing, platformAuthenticationServiceUrl } = kept.data
  const activated = () => {
    notice(words.activated)
    void queries.invalidateQueries({ queryKey: here.key('connections') })
  }
  const test = (
    <Button component={Link} to={`${baseOf(place)}/connections/${ticket}/test`} variant="default" size="xs">
      {text.activate.test}
    </Button>
  )
  if (state === 'live') {
    const userUrl = new URL(baseOf(place), platformAuthenticationServiceUrl).href
    return (
      <>
        <p>{text.activate.live}</p>
        <Text component="div">
          {text.activate.userUrl} <Copyable value={userUrl} what={text.activate.userUrlName} />
        </Text>
        {mayChange && <div>{test}</div>}
      </>
    )
  }
  if (missing.length > 0) return <p>{text.activate.missing(missing.map(labelOf).join(', '))}</p>
  return (
    <>
      <p>{text.activate.text}</p>
      {mayChange && (
        <Group gap="xs">
          {test}
          <ActivateButton kept={kept} done={activated} />
        </Group>
      )}
    </>
  )
}

function labelOf(field: string): string {
  if (field === 'issuerCertificates') return fields.certificates
  return field === 'issuer' ? fields.issuer : fields.thirdPartyAuthenticationUrl
}
