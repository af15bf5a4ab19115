import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import type { Answered } from '#api/api.tsx'
import { useHere } from '#api/here.ts'
import { baseOf, usePlace } from '#frame/places.tsx'
import { Loaded } from '#parts/answers.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Page } from '#parts/page.tsx'
import { UserFields } from '#users/user-fields.tsx'
import { changesOf, newUser, type UserValues, valuesOf } from '#users/user-form.ts'
import type { User } from '#users/user-page.tsx'
import { users as listText, editUser as text } from '#words/users.ts'

export function NewUserPage() {
  const here = useHere()
  const base = baseOf(usePlace())
  const navigate = useNavigate()
  const queries = useQueryClient()
  const notice = useNotice()
  const form = useForm<UserValues>({ initialValues: newUser })
  const send = async (values: UserValues) => {
    const body = { ...changesOf(values, newUser), username: values.username.trim() }
    const { data } = await here.post('users', { body })
    await queries.invalidateQueries({ queryKey: here.key('users') })
    notice(text.added(data.username))
    await navigate({ to: `${base}/users/${data.id}` })
  }
  return (
    <Page title={text.addTitle} intro={text.addIntro} back={{ to: `${base}/users`, label: listText.title }}>
      <ApiForm form={form} send={send} submit={text.addSubmit} cancel={() => void navigate({ to: `${base}/users` })}>
        <UserFields form={form} />
      </ApiForm>
    </Page>
  )
}

export function EditUserPage() {
  const { id = '' } = useParams({ strict: false })
  const here = useHere()
  const base = baseOf(usePlace())
  const query = useQuery({
    queryKey: here.key('users', id),
    queryFn: () => here.getTagged('users/{id}', { path: { id } }),
  })
  const username = query.data?.data.username ?? ''
  const intro = query.data?.data.createdThrough === 'sso' && text.willReturn
  return (
    <Page title={text.title(username)} intro={intro} back={{ to: `${base}/users/${id}`, label: username }}>
      <Loaded query={query}>{(kept) => <EditForm kept={kept} />}</Loaded>
    </Page>
  )
}

/** As it was when the page was opened: somebody else's change in between is refused, not overwritten. */
function EditForm({ kept }: { readonly kept: Answered<User> }) {
  const here = useHere()
  const base = baseOf(usePlace())
  const navigate = useNavigate()
  const queries = useQueryClient()
  const notice = useNotice()
  const user = kept.data
  const path = { id: user.id }
  const before = valuesOf(user)
  const form = useForm<UserValues>({ initialValues: before })
  const provenance = useQuery({
    queryKey: here.key('users', user.id, 'provenance', user.updatedAt),
    queryFn: () => here.get('users/{id}/provenance', { path }),
  })
  const back = () => navigate({ to: `${base}/users/${user.id}` })
  const send = async (values: UserValues) => {
    await here.patch('users/{id}', { path, body: changesOf(values, before), ifMatch: kept.etag })
    await queries.invalidateQueries({ queryKey: here.key('users') })
    notice(text.saved(values.username))
    await back()
  }
  return (
    <ApiForm form={form} send={send} cancel={() => void back()}>
      <UserFields form={form} provenance={provenance.data} fromProvider={user.createdThrough === 'sso'} />
    </ApiForm>
  )
}
