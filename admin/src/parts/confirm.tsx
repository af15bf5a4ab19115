import { Button, type ButtonProps, Group, Modal, type ModalProps, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Fault } from '#parts/answers.tsx'
import { words } from '#words/words.ts'

type ConfirmProps = {
  /** On the button, and the title of the dialog where that has none of its own. */
  readonly label: string
  readonly title?: string
  /** What will happen, with numbers. */
  readonly consequence: ReactNode
  /** On the button that does it. */
  readonly confirm: string
  readonly act: () => Promise<unknown>
  readonly done?: (() => void) | undefined
  /** Has to be typed where much is lost. */
  readonly word?: string
  readonly button?: ButtonProps
  /** Of the dialog, where it shows more than a sentence. */
  readonly size?: ModalProps['size']
  /** More to decide in the dialog. */
  readonly children?: ReactNode
}

/** A button whose deed cannot be taken back: a dialog says first what it will do. */
export function ConfirmButton({ label, title = label, button, size, ...dialog }: ConfirmProps) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button variant="outline" color="broken" size="xs" {...button} onClick={() => setOpened(true)}>
        {label}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={title}
        {...(size === undefined ? {} : { size })}
        centered
      >
        <ConfirmBody {...dialog} close={() => setOpened(false)} />
      </Modal>
    </>
  )
}

function ConfirmBody(
  props: Omit<ConfirmProps, 'label' | 'title' | 'button' | 'size'> & { readonly close: () => void },
) {
  const { consequence, confirm, act, done, word, close, children } = props
  const [typed, setTyped] = useState('')
  const acting = useMutation({
    mutationFn: act,
    onSuccess: () => {
      close()
      done?.()
    },
  })
  return (
    <Stack gap="md">
      <Text component="div">{consequence}</Text>
      {children}
      {word !== undefined && (
        <TextInput
          label={words.typeToConfirm(word)}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
        />
      )}
      {acting.error && <Fault error={acting.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close} data-autofocus>
          {words.cancel}
        </Button>
        <Button
          color="broken"
          loading={acting.isPending}
          disabled={word !== undefined && typed !== word}
          onClick={() => acting.mutate()}
        >
          {confirm}
        </Button>
      </Group>
    </Stack>
  )
}
