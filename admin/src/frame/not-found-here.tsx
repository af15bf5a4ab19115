import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { baseOf, usePlace } from '#frame/places.tsx'
import { Empty } from '#parts/answers.tsx'
import { Page } from '#parts/page.tsx'
import { frame } from '#words/frame.ts'

/** Within the frame: the Environment is right, and what the rest of the address names is not there. */
export function NotFoundHere() {
  const base = baseOf(usePlace())
  const { title, sentence, cure } = frame.notFound
  return (
    <Page title={title}>
      <Empty
        title={title}
        sentence={sentence}
        action={
          <Button component={Link} to={base}>
            {cure}
          </Button>
        }
      />
    </Page>
  )
}
