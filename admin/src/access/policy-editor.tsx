import { Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ReactNode, useRef } from 'react'
import { useHere } from '#api/here.ts'
import { policy as text } from '#words/access.ts'

const CHECK_AFTER_MS = 400

type EditorProps = {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly readOnly: boolean
  readonly error: ReactNode
}

/** The text of a policy, checked while it is written; a fault leads to its place. */
export function PolicyEditor({ value, onChange, readOnly, error }: EditorProps) {
  const here = useHere()
  const area = useRef<HTMLTextAreaElement>(null)
  const [settled] = useDebouncedValue(value, CHECK_AFTER_MS)
  const verdict = useQuery({
    queryKey: here.key('validate', settled),
    queryFn: async () => (await here.post('access/validate', { body: { text: settled } })).data,
    placeholderData: keepPreviousData,
    enabled: settled.trim() !== '',
  })
  const faults = verdict.data?.faults ?? []
  const goTo = (line: number, column: number) => {
    const before = value.split('\n').slice(0, line - 1)
    const at = before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1
    area.current?.focus()
    area.current?.setSelectionRange(at, at + 1)
  }
  return (
    <div>
      <Textarea
        ref={area}
        label={text.text}
        description={text.textHelp}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        autosize
        minRows={8}
        maxRows={30}
        readOnly={readOnly}
        spellCheck={false}
        classNames={{ input: 'code' }}
        aria-describedby="policy-faults"
      />
      <div id="policy-faults" role="status" className="faults">
        {settled.trim() !== '' && verdict.data?.ok === true && <p className="sound">{text.sound}</p>}
        <ul>
          {faults.map(({ line, column, code, sentence, cure }) => (
            <li key={`${line}:${column}:${code}`}>
              <button type="button" onClick={() => goTo(line, column)}>
                {text.fault(line, column)}
              </button>
              : {sentence} {cure} <code>{code}</code>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}
