import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import type { Version } from '#versions/versions.tsx'
import { version as text } from '#words/versions.ts'

type Subject = Pick<Version, 'kind' | 'subjectId'>

/** Beside whatever has versions. */
export function VersionsLink({ kind, subjectId }: Subject) {
  const base = baseOf(usePlace())
  if (!useMay()('connections:read')) return undefined
  return (
    <Button component={Link} to={`${base}/versions`} search={{ kind, subjectId } as never} variant="default" size="xs">
      {text.link}
    </Button>
  )
}
