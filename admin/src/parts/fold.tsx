import { type ReactNode, useState } from 'react'

/** What most people need not see. It is drawn once somebody opens it. */
export function Fold(props: { readonly summary: ReactNode; readonly open?: boolean; readonly children: ReactNode }) {
  const [opened, setOpened] = useState(props.open === true)
  return (
    <details className="fold" open={opened} onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary>{props.summary}</summary>
      {opened && <div className="fold-body">{props.children}</div>}
    </details>
  )
}
