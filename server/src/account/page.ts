import { type Choice, NOTHING_YET } from '#account/choices.ts'
import { originInWords } from '#account/origin.ts'
import { explainRefusal, type Reason } from '#account/refusals.ts'
import { type Html, html } from '#http/html.ts'
import type { Page } from '#http/page.ts'
import type { Account } from '#users/accounts.ts'
import type { ApplicationAccess, TeamMembership } from '#users/memberships.ts'
import type { Sourced } from '#users/source.ts'

export type AccountToShow = {
  readonly owner: string
  /** Of this page, and where its form goes. */
  readonly url: string
  readonly landingUrl: string
  readonly sessionsUrl: string
  readonly account: Account
  /** By field of the user, as far as it was written down. */
  readonly sources: ReadonlyMap<string, Sourced>
  readonly choices: readonly Choice[]
  readonly saved?: boolean
  /** What was sent and not saved: it stays in the form. */
  readonly refused?: {
    readonly sent: ReadonlyMap<string, string>
    /** By field; under '' what is wrong with the form as a whole. */
    readonly reasons: ReadonlyMap<string, Reason>
  }
}

export function accountPage(show: AccountToShow): Page {
  return {
    title: 'My account',
    owner: show.owner,
    signedIn: show,
    body: html`${show.saved && html`<p role="status" class="notice">Your settings are saved.</p>`}
${show.refused && html`<div role="alert" class="notice broken">${notSaved(show.choices, show.refused.reasons)}</div>`}
${aboutYou(show)}
${teams(show.account.teams)}
${applications(show.account.applications)}
${personalSettings(show)}
<h2>Where you are signed in</h2>
<p>Each browser on each device has a session of its own. See <a href="${show.sessionsUrl}">My sessions</a>.</p>
<p class="actions"><a href="${show.landingUrl}">Back</a></p>`,
  }
}

function notSaved(choices: readonly Choice[], reasons: ReadonlyMap<string, Reason>): Html {
  const whole = reasons.get('')
  if (whole !== undefined) return fault(whole, 'form')
  const wrong = choices.filter(({ field }) => reasons.has(field))
  const links = wrong.map((choice) => html` <a href="#${choice.field}">${wordsFor(choice).label}</a>.`)
  return html`<p>Nothing was saved. Choose again:${links}</p>`
}

/** For a form that came from another site: it learns nothing of the account. */
export function foreignFormPage(owner: string, url: string): Page {
  const body = html`${fault('account-foreign', 'form')}
<p class="actions"><a class="button" href="${url}">My account</a></p>`
  return { title: 'These settings were not saved', owner, body }
}

function aboutYou({ account, sources }: AccountToShow): Html {
  const { user, accessProfileName } = account
  const row = (name: string, value: string | undefined, field: string): Html =>
    html`<dt>${name}</dt><dd>${value ?? html`<span class="quiet">none</span>`}${value !== undefined && origin(sources.get(field))}</dd>`
  return html`<h2>About you</h2>
<dl class="facts">
${row('First Name', user.firstName, 'firstName')}
${row('Last Name', user.lastName, 'lastName')}
${row('Username', user.username, 'username')}
${row('Email', user.email, 'email')}
${row('User Type', user.userType === 'site' ? 'Site User' : 'Platform User', 'userType')}
${row('Access Profile', accessProfileName, 'accessProfileId')}
</dl>
<p class="quiet">${whoChangesIt(account)}</p>`
}

function whoChangesIt({ user }: Account): string {
  return user.createdThrough === 'sso'
    ? 'Your name, your username and your e-mail address are those of your company’s sign-in page (its identity provider). They change there, and follow when you sign in again.'
    : 'Your administrators change your name, your username and your e-mail address.'
}

function teams(list: readonly TeamMembership[]): Html {
  if (list.length === 0) return html`<h2>Teams</h2><p class="quiet">You are in no team yet.</p>`
  const entry = (team: TeamMembership): Html =>
    html`<li>${team.name}${team.primary && html` <span class="tag">primary</span>`}${origin(team)}</li>`
  return html`<h2>Teams</h2><ul class="entries">${list.map(entry)}</ul>`
}

function applications(list: readonly ApplicationAccess[]): Html {
  if (list.length === 0) return html`<h2>Applications</h2><p class="quiet">You have access to no Application yet.</p>`
  const entry = (access: ApplicationAccess): Html => {
    const roles = access.roles.map((role) => html`<li>Role ${role.name}${origin(role)}</li>`)
    const none = html`<p class="origin">no role in it</p>`
    return html`<li><strong>${access.name}</strong>${origin(access)}${roles.length > 0 ? html`<ul>${roles}</ul>` : none}</li>`
  }
  return html`<h2>Applications</h2><ul class="entries">${list.map(entry)}</ul>`
}

function origin(sourced: Sourced | undefined): Html | undefined {
  if (sourced === undefined) return undefined
  const since = sourced.since.toISOString().slice(0, 16).replace('T', ' ')
  return html`<span class="origin" title="since ${since} UTC">${originInWords(sourced.source)}</span>`
}

function personalSettings({ choices, url, refused }: AccountToShow): Html | undefined {
  if (choices.length === 0) return undefined
  const fields = choices.map((choice) =>
    field(choice, refused?.sent.get(choice.field), refused?.reasons.get(choice.field)),
  )
  return html`<h2>Personal Settings</h2>
<form method="post" action="${url}">
${fields}
<p class="actions"><button type="submit">Save</button></p>
</form>`
}

function field(choice: Choice, sent: string | undefined, reason: Reason | undefined): Html {
  const { field, options, current } = choice
  const { label, help } = wordsFor(choice)
  const selected = options.some(({ value }) => value === sent) ? sent : current
  const option = ({ value, name }: Choice['options'][number]): Html =>
    html`<option value="${value}"${value === selected && html` selected`}>${name}</option>`
  const described = reason === undefined ? `${field}-help` : `${field}-fault ${field}-help`
  const invalid = reason !== undefined && html` aria-invalid="true"`
  return html`<div class="field">
<label for="${field}">${label}</label>
<select id="${field}" name="${field}" aria-describedby="${described}"${invalid}>${options.map(option)}</select>
${reason !== undefined && fault(reason, field)}
<p class="help" id="${field}-help">${help}</p>
</div>`
}

function wordsFor({ about, current }: Choice): { readonly label: string; readonly help: string } {
  const later = current === NOTHING_YET ? ' Once chosen, it can be changed but not emptied.' : ''
  return about.kind === 'default-application'
    ? { label: 'Default Application', help: `The Application that you work in unless you open another one.${later}` }
    : { label: `Active Role in ${about.applicationName}`, help: `The role that you work in there.${later}` }
}

function fault(reason: Reason, id: string): Html {
  const { sentence, cure } = explainRefusal(reason)
  return html`<p class="fault" id="${id}-fault" data-code="${reason}">${sentence} ${cure}</p>`
}
