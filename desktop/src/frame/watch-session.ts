import type { DesktopSettings } from '#settings.ts'

const EVERY = 60_000

/**
 * Agents whose session here must live: where it has ended, because of its lifetime, a limit, a logout elsewhere or a rule
 * of access, the desktop is told within a minute, and as soon as somebody looks at it.
 */
export function watchSession({ agentUrl, needsSession, mode }: DesktopSettings, over: () => void): () => void {
  if (!needsSession || mode === 'test') return () => {}
  let done = false
  const look = async (): Promise<void> => {
    if (done || document.visibilityState === 'hidden') return
    const answer = await fetch(`${agentUrl}/session`, { headers: { accept: 'application/json' } }).catch(
      () => undefined,
    )
    // A network that is down says nothing about the session.
    if (done || answer === undefined || (answer.status !== 401 && answer.status !== 403)) return
    stop()
    over()
  }
  const timer = setInterval(look, EVERY)
  const stop = (): void => {
    done = true
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
  }
  document.addEventListener('visibilitychange', look)
  return stop
}
