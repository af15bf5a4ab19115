import { Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { MarkIcon } from '#parts/icons.tsx'
import { frame } from '#words/frame.ts'

/** A page without the frame: for those who are not in yet. */
export function Alone(props: {
  readonly title: string
  readonly intro?: string
  /** For more than a few fields. */
  readonly wide?: boolean
  readonly children: ReactNode
}) {
  const { title, intro, wide, children } = props
  useEffect(() => {
    document.title = `${title} – Sallyport`
  }, [title])
  return (
    <div className={wide ? 'alone wide' : 'alone'}>
      <header>
        <MarkIcon /> {frame.product}
      </header>
      <main>
        <Title order={1} mb="md">
          {title}
        </Title>
        {intro && (
          <Text c="dimmed" mb="md">
            {intro}
          </Text>
        )}
        {children}
      </main>
    </div>
  )
}
