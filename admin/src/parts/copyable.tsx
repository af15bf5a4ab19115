import { ActionIcon, Anchor, CopyButton, Tooltip, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { CheckIcon, CopyIcon } from '#parts/icons.tsx'
import { words } from '#words/words.ts'

/** A value that people carry elsewhere. `what` says what it is, for those who do not see what stands beside it. */
export function Copyable({ value, what }: { readonly value: string; readonly what: string }) {
  return (
    <span className="copyable">
      <code>{value}</code>
      <CopyButton value={value} timeout={2000}>
        {({ copied, copy }) => (
          <>
            <Tooltip label={copied ? words.copied : words.copy}>
              <ActionIcon variant="subtle" size="sm" onClick={copy} aria-label={words.copyWhat(what)}>
                {copied ? <CheckIcon /> : <CopyIcon />}
              </ActionIcon>
            </Tooltip>
            {/* The tooltip is for those who see it. */}
            <VisuallyHidden role="status">{copied ? words.copiedWhat(what) : ''}</VisuallyHidden>
          </>
        )}
      </CopyButton>
    </span>
  )
}

/** What is too long to stand beside its button, or stands there already. */
export function CopyText({ value, children }: { readonly value: string; readonly children: ReactNode }) {
  return (
    <CopyButton value={value} timeout={2000}>
      {({ copied, copy }) => (
        <Anchor component="button" type="button" size="sm" onClick={copy}>
          {copied ? words.copied : children}
        </Anchor>
      )}
    </CopyButton>
  )
}
