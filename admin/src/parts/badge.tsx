import type { ReactNode } from 'react'

/** A state in a word. The colour only repeats what the word says. */
export function State(props: { readonly of?: 'good' | 'broken' | 'warning' | 'quiet'; readonly children: ReactNode }) {
  return <span className={`state ${props.of ?? 'quiet'}`}>{props.children}</span>
}
