import { Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'

type PageProps = {
  readonly title: string
  /** One or two sentences: what this page is for. */
  readonly intro?: ReactNode
  /** Buttons of the whole page. */
  readonly actions?: ReactNode
  /** Where one came from. */
  readonly back?: { readonly to: string; readonly label: string }
  readonly children: ReactNode
}

/** The title is also the browser's, and is where a screen reader goes on after somebody has come from another page. */
export function Page({ title, intro, actions, back, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    const first = document.title === 'Sallyport'
    document.title = `${title} – Sallyport`
    if (!first && (document.activeElement === document.body || document.activeElement?.closest('nav'))) {
      heading.current?.focus({ preventScroll: true })
    }
  }, [title])
  return (
    <Stack gap="lg" className="page">
      <div>
        {back && (
          <Anchor component={Link} to={back.to} size="sm" className="back">
            ← {back.label}
          </Anchor>
        )}
        <Group justify="space-between" align="flex-start" gap="md">
          <div className="page-head">
            <Title order={1} ref={heading} tabIndex={-1}>
              {title}
            </Title>
            {intro && (
              <Text c="dimmed" mt={4} component="div">
                {intro}
              </Text>
            )}
          </div>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
      </div>
      {children}
    </Stack>
  )
}

/** A part of a page with a heading of its own. */
export function Section(props: { readonly title: string; readonly intro?: ReactNode; readonly children: ReactNode }) {
  return (
    <section className="section">
      <Title order={2}>{props.title}</Title>
      {props.intro && (
        <Text c="dimmed" size="sm" component="div">
          {props.intro}
        </Text>
      )}
      <div className="section-body">{props.children}</div>
    </section>
  )
}
