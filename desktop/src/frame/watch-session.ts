import type { DesktopSettings } from '#settings.ts'

const EVERY = 60_000

/** What a person does at a page. */
const deeds = ['pointerdown', 'keydown'] as const

/**
 * Agents whose session here must live: where it has ended, because of its lifetime, a limit, a logout elsewhere or a rule
 * of access, the desktop is told within a minute, and as soon as somebody looks at it. So it is where somebody else signed
 * in in this browser meanwhile: the panel is not theirs. Looking is no use of the session; a person who does something is,
 * and a contact.
 */
export function watchSession(
  { agentUrl, needsSession, mode, person }: DesktopSettings,
  { isBusy, over }: { readonly isBusy: () => boolean; readonly over: () => void },
): () => void {
  if (!needsSession || mode === 'test') return () => {}
  let done = false
  let used = false
  const use = (): void => {
    used = true
  }
  const look = async (): Promise<void> => {
    const isUse = used || isBusy()
    used = false
    const url = isUse ? `${agentUrl}/session` : `${agentUrl}/session?look=1`
    const answer = await fetch(url, { headers: { accept: 'application/json' } }).catch(() => undefined)
    // A network that is down says nothing about the session.
    if (done || answer === undefined || (await isStill(person, answer)) || done) return
    stop()
    over()
  }
  const timer = setInterval(look, EVERY)
  const stop = (): void => {
    done = true
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
    for (const deed of deeds) document.removeEventListener(deed, use)
  }
  document.addEventListener('visibilitychange', look)
  for (const deed of deeds) document.addEventListener(deed, use)
  return stop
}

async function isStill(person: DesktopSettings['person'], answer: Response): Promise<boolean> {
  // Where there is nothing any more, there is no session.
  if ([401, 403, 404].includes(answer.status)) return false
  if (!answer.ok) return true
  const said: { readonly user?: { readonly id?: string } } = await answer.json().catch(() => ({}))
  return said.user?.id === undefined || said.user.id === person?.id
}
