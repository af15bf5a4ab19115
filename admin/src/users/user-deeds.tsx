import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useHere } from '#api/here.ts'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { useNotice } from '#parts/notice.tsx'
import type { User } from '#users/user-page.tsx'
import { user as text } from '#words/users.ts'
import { words } from '#words/words.ts'

const COUNTED = 200

/** What can be done to a person as a whole. Each dialog says how much it touches. */
export function UserDeeds({ user, etag }: { readonly user: User; readonly etag: string | undefined }) {
  const here = useHere()
  const place = usePlace()
  const may = useMay()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const notice = useNotice()
  const path = { id: user.id }
  const open = useQuery({
    queryKey: here.key('sessions', 'count', user.id),
    queryFn: () => here.get('users/{id}/sessions', { path, query: { limit: COUNTED } }),
    enabled: may('sessions:read'),
  })
  const sessions = text.openSessions(open.data?.items.length ?? 0, typeof open.data?.next === 'string')
  const after = (sentence: string) => {
    notice(sentence)
    void queries.invalidateQueries({ queryKey: here.key() })
  }
  return (
    <>
      {may('users:write') && (
        <Button component={Link} to={`${baseOf(place)}/users/${user.id}/edit`} variant="default" size="xs">
          {words.edit}
        </Button>
      )}
      {may('sessions:write') && (open.data?.items.length ?? 0) > 0 && (
        <ConfirmButton
          label={text.endSessions}
          consequence={text.endSessionsWhat(sessions)}
          confirm={text.endSessionsConfirm}
          act={async () => {
            const { data } = await here.post('users/{id}/sessions/end', { path })
            after(text.sessionsEnded(data.ended))
          }}
        />
      )}
      {may('users:write') && user.active && (
        <ConfirmButton
          label={text.deactivate}
          consequence={text.deactivateWhat(user.username, sessions)}
          confirm={text.deactivateConfirm}
          act={() => here.post('users/{id}/deactivate', { path, ifMatch: etag })}
          done={() => after(text.deactivated(user.username))}
        />
      )}
      {may('users:write') && !user.active && (
        <ConfirmButton
          label={text.activate}
          consequence={text.activateWhat(user.username)}
          confirm={text.activateConfirm}
          act={() => here.post('users/{id}/activate', { path, ifMatch: etag })}
          done={() => after(text.activated(user.username))}
        />
      )}
      {may('users:write') && (
        <ConfirmButton
          label={text.remove}
          consequence={text.removeWhat(user.username, user.teams.length, user.applications.length, sessions)}
          confirm={text.removeConfirm}
          act={() => here.remove('users/{id}', { path, ifMatch: etag })}
          done={() => {
            void navigate({ to: `${baseOf(place)}/users` })
            after(text.removed(user.username))
          }}
        />
      )}
    </>
  )
}
