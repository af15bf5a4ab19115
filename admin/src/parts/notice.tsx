import { CloseButton } from '@mantine/core'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { CheckIcon } from '#parts/icons.tsx'
import { words } from '#words/words.ts'

type Say = (sentence: string) => void

const Context = createContext<Say>(() => {})
const SHOWN_MS = 6000

/** One sentence at the lower edge: that something was done. What went wrong never stands here, it would go away. */
export function NoticeProvider({ children }: { readonly children: ReactNode }) {
  const [notice, setNotice] = useState<{ readonly sentence: string; readonly count: number }>()
  const say = useMemo<Say>(
    () => (sentence) => setNotice((before) => ({ sentence, count: (before?.count ?? 0) + 1 })),
    [],
  )
  useEffect(() => {
    if (notice === undefined) return
    const timer = setTimeout(() => setNotice(undefined), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [notice])
  return (
    <Context value={say}>
      {children}
      <div className="notice" role="status">
        {notice && (
          <p key={notice.count}>
            <CheckIcon />
            <span>{notice.sentence}</span>
            <CloseButton size="sm" aria-label={words.dismiss} onClick={() => setNotice(undefined)} />
          </p>
        )}
      </div>
    </Context>
  )
}

export function useNotice(): Say {
  return useContext(Context)
}
