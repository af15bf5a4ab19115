/**
 * What the pretend AWS and Amazon Connect are, ways in that go wrong, and a form for how the instance is set.
 */
import { awsMisbehaviours } from '../aws/misbehaviours.ts'
import { demo } from '../demo.ts'
import { amazonConnectLink } from '../identity-provider/amazon-connect-link.ts'
import { fullName, people } from '../identity-provider/people.ts'
import { type Html, html } from '../pages/html.ts'
import type { Page } from '../pages/pages.ts'
import type { ConnectSession } from './instance.ts'
import type { AmazonConnectSwitches } from './switches.ts'

const { region, instanceId, accountId } = demo.aws

export function switchesPage(view: {
  readonly publicUrl: string
  readonly switches: AmazonConnectSwitches
  readonly session: ConnectSession | undefined
  readonly problem?: string
}): Page {
  const { publicUrl, switches, session, problem } = view
  return {
    title: 'Amazon Connect',
    place: 'Sandbox',
    content: html`
<p>An Amazon Connect instance and the AWS sign-in before it, both pretended. The directory’s link leads in; AWS judges the
answer by its own rules and in its own words.</p>
<dl>
<dt>Instance URL</dt><dd><code>${publicUrl}</code></dd>
<dt>Region</dt><dd><code>${region}</code></dd>
<dt>Instance id</dt><dd><code>${instanceId}</code></dd>
<dt>ARN</dt><dd><code>arn:aws:connect:${region}:${accountId}:instance/${instanceId}</code></dd>
<dt>Deep link</dt><dd><code>${publicUrl}${amazonConnectLink}</code></dd>
<dt>Signed in here</dt><dd>${session === undefined ? 'nobody' : html`${session.username}, until <time>${session.expires.toISOString().slice(0, 16).replace('T', ' ')}</time> UTC`}</dd>
</dl>

<h2>Ways in</h2>
<ul class="plain">
${ways.map(({ href, text, what }) => html`<li><a href="${href}">${text}</a> <span class="quiet">– ${what}</span></li>`)}
</ul>
<p class="quiet">Where nobody is signed in to the directory, it offers ${awsMisbehaviours.length - 1} other answers to AWS:
without Role, with a misspelt provider, expired and so on.</p>

<h2>How the instance is set</h2>
${problem && html`<p class="problem" role="alert">${problem}</p>`}
${switchesForm(switches)}
<form class="actions" method="post" action="/amazon-connect/end-sessions">
<button class="plain">End all sessions here</button>
</form>`,
  }
}

function linkWith(relayState: string): string {
  return `${amazonConnectLink}?${new URLSearchParams({ RelayState: relayState })}`
}

const federate = (host: string, id: string, destination: string) =>
  linkWith(
    `https://${host}.console.aws.amazon.com/connect/federate/${id}?destination=${encodeURIComponent(destination)}`,
  )

const ways = [
  { href: amazonConnectLink, text: 'The deep link', what: 'to the Contact Control Panel' },
  { href: linkWith(''), text: 'Without RelayState', what: 'the AWS console: a wrong landing page' },
  {
    href: federate(region, instanceId, '/connect/home'),
    text: 'With another destination',
    what: 'signed in, but not at the panel',
  },
  {
    href: federate('eu-west-2', instanceId, '/ccp-v2/'),
    text: 'With another region',
    what: 'refused: the role may not do it there',
  },
  {
    href: federate(region, '00000000-0000-4000-8000-000000000000', '/ccp-v2/'),
    text: 'With another instance',
    what: 'refused likewise',
  },
  { href: '/login', text: 'The instance’s own login page', what: 'Session Expired, where people come from SAML' },
  {
    href: '/ccp-v2/',
    text: 'The Contact Control Panel',
    what: 'in a window of its own: what rings there, rings in the desktop',
  },
  { href: '/logout', text: 'Log out of the instance', what: 'and stay signed in to the directory' },
] as const

function switchesForm(switches: AmazonConnectSwitches): Html {
  return html`<form method="post" action="/amazon-connect" class="fields">
<div>
<label for="approved-origins">Approved origins</label>
<textarea id="approved-origins" name="approved-origins" rows="2" spellcheck="false" aria-describedby="origins-help">${switches.approvedOrigins.join('\n')}</textarea>
<p class="help" id="origins-help">Whose pages may frame the panel, one a line. Take them all out, and the frame stays empty.</p>
</div>
<fieldset>
<legend>Users declared in Amazon Connect</legend>
${people.map(
  (person) =>
    html`<label class="check"><input type="checkbox" name="user" value="${person.username}"${checked(switches.users.includes(person.username))}><span>${fullName(person)} <span class="quiet">${person.username}</span></span></label>`,
)}
</fieldset>
<div class="switches">
<div>
<label for="identity">Identity management</label>
<select id="identity" name="identity" aria-describedby="identity-help">
<option value="saml"${chosen(switches.identity === 'saml')}>SAML 2.0</option>
<option value="connect"${chosen(switches.identity === 'connect')}>Users in Amazon Connect</option>
</select>
<p class="help" id="identity-help">In earnest it is fixed when the instance is made.</p>
</div>
<div>
<label for="session-hours">A session lasts</label>
<input id="session-hours" name="session-hours" inputmode="decimal" value="${switches.sessionHours}" aria-describedby="hours-help">
<p class="help" id="hours-help">Hours; 10 in earnest. For a minute: 0.017. From the next sign-in on.</p>
</div>
</div>
<label class="check"><input type="checkbox" name="cross-site"${checked(switches.crossSite)}><span>The cookie is for frames of other sites too <span class="help">SameSite=None; Secure, from the next sign-in on.</span></span></label>
<label class="check"><input type="checkbox" name="coop"${checked(switches.coop)}><span>The window is cut from the page that opened it <span class="help">Cross-Origin-Opener-Policy: the desktop cannot close it.</span></span></label>
<div class="actions">
<button>Set</button>
<button class="plain" formaction="/amazon-connect/reset" formnovalidate>As at first</button>
</div>
</form>`
}

function checked(is: boolean): Html | false {
  return is && html` checked`
}

function chosen(is: boolean): Html | false {
  return is && html` selected`
}
