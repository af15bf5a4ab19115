/**
 * The Contact Control Panel: a page for a frame, and for a window of its own. What it does is in `ccp.js`; this says who is
 * signed in, and who may frame it.
 */
import { demo } from '../demo.ts'
import { fullName, personNamed } from '../identity-provider/people.ts'
import { html } from '../pages/html.ts'
import type { Page } from '../pages/pages.ts'
import type { ConnectSession } from './instance.ts'

const { region, accountId, instanceId } = demo.aws

type View = {
  readonly session: ConnectSession
  readonly approvedOrigins: readonly string[]
  readonly now: Date
  /** Of this panel, and of nothing else. */
  readonly id: string
}

export function ccpPage({ session, approvedOrigins, now, id }: View): Page {
  const agent = {
    username: session.username,
    name: nameOf(session),
    instanceArn: `arn:aws:connect:${region}:${accountId}:instance/${instanceId}`,
    id,
    now,
    endsInMilliseconds: session.expires.getTime() - now.getTime(),
  }
  return {
    title: 'Contact Control Panel',
    place: 'Amazon Connect',
    module: 'ccp.js',
    framedBy: approvedOrigins,
    content: html`<div id="ccp" data-agent="${JSON.stringify(agent)}">
<p><strong>${agent.name}</strong> <span class="quiet">${agent.username}</span></p>
<p>State: <strong id="state">–</strong></p>
<div id="contacts" aria-live="polite"></div>
<div class="actions">
<button type="button" id="ring">Ring me</button>
<button type="button" id="end-session" class="plain">Session ends now</button>
<a href="/logout">Log out</a>
</div>
<p class="help">A call comes to an agent who is Available and has none.</p>
</div>`,
  }
}

/** Where an address leads that is not the panel's: signed in, and still no use to a desktop. */
export function agentAppPage({ session, approvedOrigins }: View): Page {
  return {
    title: 'Amazon Connect',
    place: 'Amazon Connect',
    framedBy: approvedOrigins,
    content: html`<p>${nameOf(session)} is signed in. This is the instance’s own home page, not the
<a href="/ccp-v2/">Contact Control Panel</a>.</p>`,
  }
}

function nameOf({ username }: ConnectSession): string {
  const person = personNamed(username)
  return person === undefined ? username : fullName(person)
}
