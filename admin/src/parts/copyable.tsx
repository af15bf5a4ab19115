import { ActionIcon, CopyButton, Tooltip } from '@mantine/core'
import { CheckIcon, CopyIcon } from '#parts/icons.tsx'
import { words } from '#words/words.ts'

/** A value that people carry elsewhere. `what` says what it is, for those who do not see what stands beside it. */
export function Copyable({ value, what }: { readonly value: string; readonly what: string }) {
  return (
    <span className="copyable">
      <code>{value}</code>
      <CopyButton value={value} timeout={2000}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? words.copied : words.copy}>
            <ActionIcon variant="subtle" size="sm" onClick={copy} aria-label={words.copyWhat(what)}>
              {copied ? <CheckIcon /> : <CopyIcon />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </span>
  )
}
