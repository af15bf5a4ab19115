import { Checkbox } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useHere } from '#api/here.ts'
import type { KeyKind } from '#keys/keys.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { useNotice } from '#parts/notice.tsx'
import { keys as text } from '#words/keys.ts'

type DeedProps = {
  readonly kind: KeyKind
  readonly id: string
  readonly state: 'next' | 'active' | 'previous' | 'retired'
}

/** The next step of a key, where it has one. */
export function KeyDeed({ kind, id, state }: DeedProps) {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  const [early, setEarly] = useState(false)
  if (state !== 'next' && state !== 'previous') return undefined
  const step = state === 'next' ? 'activate' : 'retire'
  const ofTokens = kind === 'token-keys'
  const consequence = {
    activate: ofTokens ? text.activateTokenWhat : text.activateWhat,
    retire: ofTokens ? text.retireTokenWhat : text.retireWhat,
  }[step]
  const act = () =>
    ofTokens
      ? here.post(`token-keys/{id}/${step}`, { path: { id }, body: { confirmed: early } })
      : here.post(`keys/{id}/${step}`, { path: { id } })
  return (
    <ConfirmButton
      label={step === 'activate' ? text.activate : text.retire}
      title={step === 'activate' ? text.activateTitle : text.retireTitle}
      consequence={consequence}
      confirm={step === 'activate' ? text.activateConfirm : text.retireConfirm}
      act={act}
      done={() => {
        notice(step === 'activate' ? text.activated : text.retired)
        void queries.invalidateQueries({ queryKey: here.key(kind) })
      }}
    >
      {ofTokens && (
        <Checkbox
          label={text.confirmEarly}
          checked={early}
          onChange={(event) => setEarly(event.currentTarget.checked)}
        />
      )}
    </ConfirmButton>
  )
}
