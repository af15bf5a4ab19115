import { useEffect, useState } from 'react'
import { type Level, levelOf } from '#agent/level.ts'
import { words } from '#words/words.ts'

/** How well Amazon Connect is reached: when its panel answered last, and whether there is a network at all. */
export function Quality({ aliveAt, clock }: { readonly aliveAt: number; readonly clock: () => number }) {
  const [level, setLevel] = useState<Level>('good')
  useEffect(() => {
    const look = () => setLevel(levelOf({ silence: clock() - aliveAt, online: navigator.onLine }))
    look()
    const timer = setInterval(look, 1000)
    return () => clearInterval(timer)
  }, [aliveAt, clock])
  return (
    <p className={`quality ${level}`} role="status">
      {words.quality.title}: <strong>{words.quality[level]}</strong>
      <span className="quiet"> {words.quality.help[level]}</span>
    </p>
  )
}
