import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'

/** Hands a text over as a file. */
export function Download(props: { readonly name: string; readonly text: string; readonly children: ReactNode }) {
  const { name, text, children } = props
  const hand = () => {
    const url = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }))
    const link = document.createElement('a')
    link.href = url
    link.download = name
    link.click()
    URL.revokeObjectURL(url)
  }
  return (
    <Anchor component="button" type="button" size="sm" onClick={hand}>
      {children}
    </Anchor>
  )
}
