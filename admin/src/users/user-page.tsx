import { Anchor, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type Found, useHere } from '#api/here.ts'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Loaded } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Facts } from '#parts/facts.tsx'
import { Page, Section } from '#parts/page.tsx'
import { PagedTable, usePages } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { sessionColumns } from '#sessions/session-columns.tsx'
import { UserDeeds } from '#users/user-deeds.tsx'
import { users as listText, user as text } from '#words/users.ts'

export type User = Found<'users/{id}'>
type Provenance = Found<'users/{id}/provenance'>

export function UserPage() {
  const { id = '' } = useParams({ strict: false })
  const here = useHere()
  const place = usePlace()
  const query = useQuery({
    queryKey: here.key('users', id),
    queryFn: () => here.getTagged('users/{id}', { path: { id } }),
  })
  const back = { to: `${baseOf(place)}/users`, label: text.back }
  const user = query.data?.data
  return (
    <Page
      title={user?.username ?? listText.title}
      back={back}
      actions={user && <UserDeeds user={user} etag={query.data?.etag} />}
    >
      <Loaded query={query}>{({ data }) => <Person user={data} />}</Loaded>
    </Page>
  )
}

function Person({ user }: { readonly user: User }) {
  const here = useHere()
  const provenance = useQuery({
    queryKey: here.key('users', user.id, 'provenance', user.updatedAt),
    queryFn: () => here.get('users/{id}/provenance', { path: { id: user.id } }),
  })
  return (
    <>
      <Section title={text.facts} intro={text.factsIntro}>
        <Profile user={user} provenance={provenance.data} />
      </Section>
      <Section title={text.teams}>
        <Teams user={user} provenance={provenance.data} />
      </Section>
      <Section title={text.applications}>
        <Applications user={user} provenance={provenance.data} />
      </Section>
      <Section title={text.sessions}>
        <SessionsOf user={user} />
      </Section>
      <SignInsOf user={user} />
    </>
  )
}

type Known = { readonly user: User; readonly provenance: Provenance | undefined }

function Profile({ user, provenance }: Known) {
  const value = (field: string, shown: string | null) => {
    const origin = provenance?.fields.find((one) => one.field === field)
    return (
      <>
        {shown ?? <span className="quiet">–</span>}
        <Origin sentence={origin?.sentence} />
      </>
    )
  }
  return (
    <Facts
      items={[
        [text.username, value('username', user.username)],
        [text.firstName, value('firstName', user.firstName)],
        [text.lastName, value('lastName', user.lastName)],
        [text.email, value('email', user.email)],
        [text.federatedId, value('federatedId', user.federatedId)],
        [text.userType, value('userType', listText.types[user.userType])],
        [text.accessProfile, value('accessProfile', user.accessProfile?.name ?? null)],
        [text.defaultApplication, value('defaultApplication', user.defaultApplication?.name ?? null)],
        [
          listText.columns.state,
          <State key="state" {...(user.active ? { of: 'good' as const } : {})}>
            {user.active ? listText.state.active : listText.state.deactivated}
          </State>,
        ],
        [
          listText.columns.lastSignIn,
          user.lastSignInAt === null ? listText.never : <Time key="time" at={user.lastSignInAt} />,
        ],
        [text.createdThrough, `${text.through[user.createdThrough]}`],
        [text.id, <Copyable key="id" value={user.id} what={text.id} />],
      ]}
    />
  )
}

/** In the API's words, which name the connection, the attribute, the time. */
function Origin(props: { readonly sentence: string | undefined }) {
  if (props.sentence === undefined || props.sentence === '') return undefined
  return <span className="origin">{props.sentence}</span>
}

function Teams({ user, provenance }: Known) {
  const all = [...(user.team === null ? [] : [{ ...user.team, primary: true }]), ...user.teams]
  const teams = [...new Map(all.map((team) => [team.id, team])).values()]
  if (teams.length === 0) return <Text c="dimmed">{text.noTeams}</Text>
  return (
    <ul className="entries">
      {teams.map((team) => {
        const origin = provenance?.teams.find((one) => one.id === team.id)
        return (
          <li key={team.id}>
            {team.name} {team.id === user.team?.id && <State>{text.primary}</State>}
            <Origin sentence={origin?.sentence} />
          </li>
        )
      })}
    </ul>
  )
}

function Applications({ user, provenance }: Known) {
  if (user.applications.length === 0) return <Text c="dimmed">{text.noApplications}</Text>
  return (
    <ul className="entries">
      {user.applications.map(({ id, name, roles, activeRole }) => {
        const origin = provenance?.applications.find((one) => one.id === id)
        return (
          <li key={id}>
            <b>{name}</b>
            <Group gap={4} component="span">
              {roles.map((role) => (
                <State key={role.id} {...(role.id === activeRole?.id ? { of: 'good' as const } : {})}>
                  {role.name}
                  {role.id === activeRole?.id && `, ${text.activeRole}`}
                </State>
              ))}
            </Group>
            <Origin sentence={origin?.sentence} />
          </li>
        )
      })}
    </ul>
  )
}

/** Their records are a page of its own, with this person asked for. */
function SignInsOf({ user: { username } }: { readonly user: User }) {
  const base = baseOf(usePlace())
  const may = useMay()
  if (!may('records:read')) return undefined
  return (
    <Section title={text.signIns}>
      <Anchor component={Link} to={`${base}/records`} search={{ person: username } as never}>
        {text.allSignIns(username)}
      </Anchor>
    </Section>
  )
}

function SessionsOf({ user }: { readonly user: User }) {
  const here = useHere()
  const place = usePlace()
  const may = useMay()
  const pages = usePages(here.key('sessions', 'of', user.id), (cursor) =>
    here.get('users/{id}/sessions', { path: { id: user.id }, query: { cursor, limit: 20 } }),
  )
  if (!may('sessions:read')) return undefined
  const columns = sessionColumns({ base: baseOf(place), of: 'user', mayEnd: may('sessions:write') })
  return (
    <PagedTable
      label={text.sessions}
      columns={columns}
      pages={pages}
      empty={
        <Text c="dimmed">
          {text.noSessions}{' '}
          <Anchor
            component={Link}
            to={`${baseOf(place)}/sessions`}
            search={{ username: user.username, state: 'all' } as never}
          >
            {text.sessions}
          </Anchor>
        </Text>
      }
    />
  )
}
