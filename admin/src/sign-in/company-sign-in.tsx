import { Button, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { signIn } from '#words/sign-in.ts'

/** Through the Company's own identity provider: the browser leaves for it, so this is a link and no request. */
export function CompanySignIn() {
  const [opened, setOpened] = useState(false)
  const [slug, setSlug] = useState('')
  if (!opened) {
    return (
      <Button variant="default" onClick={() => setOpened(true)}>
        {signIn.company}
      </Button>
    )
  }
  const leave = (event: FormEvent) => {
    event.preventDefault()
    const name = slug.trim().toLowerCase()
    if (name !== '') window.location.assign(`/admin/sso/${encodeURIComponent(name)}`)
  }
  return (
    <form onSubmit={leave}>
      <Stack gap="xs">
        <TextInput
          label={signIn.companyLabel}
          description={signIn.companyHelp}
          value={slug}
          onChange={(event) => setSlug(event.currentTarget.value)}
          autoFocus
          autoCapitalize="none"
          autoComplete="organization"
        />
        <Button type="submit" variant="default" disabled={slug.trim() === ''}>
          {signIn.companySubmit}
        </Button>
      </Stack>
    </form>
  )
}
