import { Alert, Button, Group, Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'

/** What nobody can show again: it goes away only when somebody says that they have it. */
export function ShownOnce(props: {
  readonly title: string
  /** What it is good for, and that it is not kept. */
  readonly sentence: string
  readonly done: string
  readonly close: () => void
  readonly children: ReactNode
}) {
  const { title, sentence, done, close, children } = props
  return (
    <Modal
      opened
      onClose={close}
      title={title}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      centered
    >
      <Stack gap="md">
        <Alert color="warning" variant="outline">
          {sentence}
        </Alert>
        {children}
        <Group justify="flex-end">
          <Button onClick={close}>{done}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
