import { Button, FileButton, Group, Text, Textarea, type TextareaProps } from '@mantine/core'
import { type DragEvent, type ReactNode, useState } from 'react'
import { explain as text } from '#words/explain.ts'

export type TakenFile = { name: string; text: string }

/** As much as the API takes. */
const LARGEST = 8 * 1024 * 1024

type DropProps = {
  readonly file: TakenFile | undefined
  readonly take: (file: TakenFile | undefined) => void
  readonly children: ReactNode
}

/** A field that a file may take the place of: chosen, or dropped anywhere upon it. */
export function DropFile({ file, take, children }: DropProps) {
  const [over, setOver] = useState(false)
  const [tooLarge, setTooLarge] = useState(false)
  const read = async (chosen: File | null | undefined) => {
    if (!chosen) return
    setTooLarge(chosen.size > LARGEST)
    if (chosen.size <= LARGEST) take({ name: chosen.name, text: await chosen.text() })
  }
  const drag = (is: boolean) => (event: DragEvent) => {
    event.preventDefault()
    setOver(is)
  }
  const drop = (event: DragEvent) => {
    drag(false)(event)
    void read(event.dataTransfer.files[0])
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: whoever drops nothing has the button
    <div className={over ? 'drop over' : 'drop'} onDragOver={drag(true)} onDragLeave={drag(false)} onDrop={drop}>
      {children}
      <Group gap="xs" mt="xs">
        <FileButton onChange={(chosen) => void read(chosen)}>
          {(button) => (
            <Button variant="default" size="xs" {...button}>
              {text.file}
            </Button>
          )}
        </FileButton>
        {file === undefined ? (
          <Text size="sm" c="dimmed">
            {text.drop}
          </Text>
        ) : (
          <>
            <Text size="sm" role="status">
              {text.loaded(file.name, text.kilobytes(Math.ceil(file.text.length / 1024)))}
            </Text>
            <Button variant="subtle" size="xs" onClick={() => take(undefined)}>
              {text.takeAway}
            </Button>
          </>
        )}
      </Group>
      {tooLarge && (
        <Text size="sm" c="broken" role="alert">
          {text.tooLarge}
        </Text>
      )}
    </div>
  )
}

/** Text that is pasted, or comes with a file. `input` is what the form says of the field. */
export function PastedOrDropped({
  file,
  take,
  label,
  help,
  input,
}: Omit<DropProps, 'children'> & {
  readonly label: string
  readonly help: string
  readonly input: Pick<TextareaProps, 'value' | 'onChange' | 'error'>
}) {
  return (
    <DropFile file={file} take={take}>
      <Textarea
        label={label}
        description={help}
        classNames={{ input: 'code' }}
        autosize
        minRows={5}
        maxRows={14}
        spellCheck={false}
        disabled={file !== undefined}
        {...input}
      />
    </DropFile>
  )
}
