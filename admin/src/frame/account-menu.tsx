import { ActionIcon, Popover } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi } from '#api/api.tsx'
import { ME, useMe } from '#api/me.ts'
import { PersonIcon } from '#parts/icons.tsx'
import { frame } from '#words/frame.ts'

export function AccountMenu() {
  const api = useApi()
  const queries = useQueryClient()
  const { data: me } = useMe()
  const [opened, setOpened] = useState(false)
  const leaving = useMutation({
    mutationFn: () => api.ask('post', '/api/v1/me/sign-out'),
    // Nothing of what one person saw may be there for the next.
    onSuccess: () => {
      queries.setQueryData(ME, null)
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME[0] })
    },
  })
  if (!me) return undefined
  const { name, email, operator } = me.administrator
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="quiet"
          size="lg"
          aria-label={`${frame.account}: ${name || email}`}
          onClick={() => setOpened(!opened)}
        >
          <PersonIcon />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className="selector-menu" aria-label={frame.account}>
        <div className="account-name">
          <b>{name || email}</b>
          {name && <span className="quiet">{email}</span>}
          {operator && <span className="quiet">{frame.operator}</span>}
        </div>
        <div className="function-group">
          <ul>
            <li>
              <Link to="/account" onClick={() => setOpened(false)}>
                {frame.myAccount}
              </Link>
            </li>
            <li>
              <button type="button" onClick={() => leaving.mutate()}>
                {frame.signOut}
              </button>
            </li>
          </ul>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
