import type { Addresses } from '#account/places.ts'
import { explainRefusal, type Reason } from '#account/refusals.ts'
import { relativeTime } from '#account/times.ts'
import { type Html, html } from '#http/html.ts'
import type { Page } from '#http/page.ts'
import { deviceInWords } from '#sessions/device-words.ts'
import { type EndedCount, endedInWords, toldInWords } from '#sessions/ended-words.ts'
import { idleEndOf } from '#sessions/own-sessions.ts'
import type { Session } from '#sessions/sessions.ts'
import type { SessionSettings } from '#sessions/settings.ts'

export type SessionsToShow = Addresses & {
  readonly owner: string
  /** The newest ones, the newest first. */
  readonly sessions: readonly Session[]
  /** How many are open that are not shown. */
  readonly more: number
  /** The session of the browser that asks. */
  readonly own: Session['id']
  readonly settings: SessionSettings
  readonly now: Date
  /** What was ended a moment ago. */
  readonly ended?: EndedCount | undefined
  readonly refused?: Reason | undefined
}

export function sessionsPage(show: SessionsToShow): Page {
  const { owner, sessions, more, sessionsUrl, url, ended, refused } = show
  const count = sessions.length + more
  return {
    title: 'My sessions',
    owner,
    signedIn: show,
    body: html`${ended && html`<p role="status" class="notice">${endedInWords(ended)}</p>`}
${refused && html`<div role="alert" class="notice broken">${fault(refused)}</div>`}
<p>${count === 1 ? 'You are signed in only in this browser.' : `You are signed in ${count} times.`} Each browser on each device has a session of its own.</p>
<ul class="entries">${sessions.map((session) => entry(session, show))}</ul>
${more > 0 && html`<p class="quiet">These are the newest ${sessions.length}. ${more} more ${more === 1 ? 'is' : 'are'} open; “Log out all” ends them, too.</p>`}
<form method="get" action="${sessionsUrl}/end-all" class="actions">
<button type="submit" class="plain">Log out all</button>
<a href="${url}">Back</a>
</form>`,
  }
}

function entry(session: Session, { own, now, settings, sessionsUrl }: SessionsToShow): Html {
  const { id, address, openedAt, lastSeenAt, expiresAt, expiresWhy } = session
  const from = address !== undefined && html`<dt>Address</dt><dd>${address}</dd>`
  const idleEnd = idleEndOf(session, settings)
  const setBy = expiresWhy === 'identity-provider' ? 'your company’s sign-in page' : 'your administrators'
  const end = relativeTime(expiresAt, now)
  const ends = idleEnd
    ? html`${relativeTime(idleEnd, now)} if it is not used<span class="origin">${end} at the latest, set by ${setBy}</span>`
    : html`${end}<span class="origin">set by ${setBy}</span>`
  const device = deviceInWords(session.userAgent)
  return html`<li>
<h2 id="${id}">${device.charAt(0).toUpperCase()}${device.slice(1)}${id === own && html` <span class="tag">this browser</span>`}</h2>
<dl class="facts">${from}
<dt>Opened</dt><dd>${relativeTime(openedAt, now)}</dd>
<dt>Last seen</dt><dd>${relativeTime(id === own ? now : lastSeenAt, now)}</dd>
<dt>Ends</dt><dd>${ends}</dd>
</dl>
<form method="post" action="${sessionsUrl}/end">
<input type="hidden" name="session" value="${id}">
<button type="submit" class="plain" aria-describedby="${id}">Log out</button>
</form>
</li>`
}

/** Before everything ends: what will. */
export function endAllPage({
  owner,
  landingUrl,
  sessionsUrl,
  count,
}: Pick<SessionsToShow, 'owner' | 'landingUrl' | 'sessionsUrl'> & { readonly count: EndedCount }): Page {
  const { sessions } = count
  const what =
    sessions === 1
      ? 'This ends your only session, the one of this browser. You will have to sign in again.'
      : `This ends all ${sessions} of your sessions, the one of this browser among them. You will have to sign in again everywhere.`
  return {
    title: 'Log out all?',
    owner,
    signedIn: { landingUrl },
    body: html`<p>${what}</p>
<p>${toldInWords(count)}</p>
<form method="post" action="${sessionsUrl}/end-all" class="actions">
<button type="submit">${sessions === 1 ? 'Log out' : `Log out ${sessions} sessions`}</button>
<a href="${sessionsUrl}">Cancel</a>
</form>`,
  }
}

/** For a form that came from another site: it learns nothing of the sessions. */
export function foreignEndPage(owner: string, sessionsUrl: string): Page {
  const body = html`${fault('account-session-foreign')}
<p class="actions"><a class="button" href="${sessionsUrl}">My sessions</a></p>`
  return { title: 'Nothing was ended', owner, body }
}

function fault(reason: Reason): Html {
  const { sentence, cure } = explainRefusal(reason)
  return html`<p class="fault" data-code="${reason}">${sentence} ${cure}</p>`
}
