import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Answered } from '#api/api.tsx'
import { useHere } from '#api/here.ts'
import type { Connection } from '#connections/settings-values.ts'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { useNotice } from '#parts/notice.tsx'
import { connection as text } from '#words/connections.ts'

/** Putting a connection to use, taking it out of use, removing it. */
export function ConnectionDeeds({ kept }: { readonly kept: Answered<Connection> }) {
  const { data: connection, etag } = kept
  const here = useHere()
  const base = baseOf(usePlace())
  const may = useMay()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const notice = useNotice()
  if (!may('connections:write')) return undefined
  const { id, name, state } = connection
  const path = { id }
  const after = (sentence: string) => {
    notice(sentence)
    void queries.invalidateQueries({ queryKey: here.key('connections') })
  }
  return (
    <>
      {state === 'draft' ? (
        <ActivateButton kept={kept} done={() => after(text.activated)} />
      ) : (
        <ConfirmButton
          label={text.toDraft}
          consequence={text.toDraftWhat(name)}
          confirm={text.toDraft}
          act={() => here.patch('connections/{id}', { path, body: { state: 'draft' }, ifMatch: etag })}
          done={() => after(text.toDraftDone)}
        />
      )}
      <ConfirmButton
        label={text.remove}
        consequence={text.removeWhat(name)}
        confirm={text.removeConfirm}
        word={name}
        act={() => here.remove('connections/{id}', { path, ifMatch: etag })}
        done={() => {
          void navigate({ to: `${base}/connections` })
          after(text.removed(name))
        }}
      />
    </>
  )
}

/** Lets people in through a draft. */
export function ActivateButton(props: { readonly kept: Answered<Connection>; readonly done: () => void }) {
  const { kept, done } = props
  const here = useHere()
  const { id, name } = kept.data
  return (
    <ConfirmButton
      label={text.activate}
      consequence={text.activateWhat(name)}
      confirm={text.activate}
      button={{ color: 'accent', variant: 'filled' }}
      act={() => here.patch('connections/{id}', { path: { id }, body: { state: 'live' }, ifMatch: kept.etag })}
      done={done}
    />
  )
}
