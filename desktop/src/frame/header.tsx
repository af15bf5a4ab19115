/**
 * What stands around the desktop: whose it is, the ways to one's account, Log out; and the session at Sallyport.
 *
 * Must not know Amazon Connect; it is handed the way to leave it.
 */

import { useRef, useState } from 'react'
import type { DesktopSettings } from '#settings.ts'
import { filled, words } from '#words/words.ts'

type Props = {
  readonly settings: DesktopSettings
  /** To Amazon Connect. */
  readonly isSignedIn: boolean
  /** Whether a contact would be cut off. */
  readonly isBusy: boolean
  readonly leaveConnect: () => Promise<void>
}

export function Header({ settings, isSignedIn, isBusy, leaveConnect }: Props) {
  const { company, environment, person, agentUrl } = settings
  return (
    <header>
      <Mark />
      <span className="place">
        <strong>{company}</strong> <span className="quiet">{environment}</span>
      </span>
      <nav aria-label={words.menu}>
        {person !== null && <span className="who">{person.name}</span>}
        {person !== null && <a href={`${agentUrl}/account`}>{words.profile}</a>}
        {person !== null && <a href={`${agentUrl}/account/sessions`}>{words.sessions}</a>}
        {person === null && settings.mode === 'desktop' && (
          <a href={`${agentUrl}?again=1`}>{filled(words.signInHere, { company })}</a>
        )}
        {(person !== null || isSignedIn) && <LogOut settings={settings} isBusy={isBusy} leaveConnect={leaveConnect} />}
      </nav>
    </header>
  )
}

/** Amazon Connect first, while its panel is still there; then here, which also tells the identity provider. */
function LogOut({ settings, isBusy, leaveConnect }: Omit<Props, 'isSignedIn'>) {
  const [leaving, setLeaving] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const question = useRef<HTMLDialogElement>(null)
  const leave = async (): Promise<void> => {
    question.current?.close()
    setLeaving(true)
    await leaveConnect()
    if (settings.person !== null && settings.mode === 'desktop') form.current?.submit()
    else setLeaving(false)
  }
  return (
    <form
      ref={form}
      method="post"
      action={`${settings.agentUrl}/logout`}
      onSubmit={(event) => {
        event.preventDefault()
        if (isBusy) question.current?.showModal()
        else void leave()
      }}
    >
      <button type="submit" className="plain" disabled={leaving}>
        {leaving ? words.loggingOut : words.logOut}
      </button>
      <dialog ref={question} aria-label={words.logOut}>
        <p>{words.stillBusy}</p>
        <p className="actions">
          <button type="button" onClick={() => question.current?.close()}>
            {words.stay}
          </button>
          <button type="button" className="plain" onClick={() => void leave()}>
            {words.logOutAnyway}
          </button>
        </p>
      </dialog>
    </form>
  )
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 24 24" width="28" height="28" aria-hidden="true" focusable="false">
      <path d="M3 22V11a9 9 0 0 1 18 0v11h-5V11.5a4 4 0 0 0-8 0V22z" fill="currentColor" />
    </svg>
  )
}
