// What browsers see at the inspection address: what it is for, or what came of the response that they brought.

import { type AwsErrorId, awsErrorIds, awsErrors } from '#connect/aws-check/aws-errors.ts'
import { type AwsCheck, type AwsReport, isVerified } from '#connect/aws-check/check-for-aws.ts'
import { shortly } from '#connect/aws-check/finding.ts'
import { type Html, html } from '#http/html.ts'
import type { Page } from '#http/page.ts'

export function inspectionPage(owner: string, { url, until }: { readonly url: string; readonly until: Date }): Page {
  return {
    title: 'This address looks at responses for AWS',
    owner,
    body: html`<p>Let your identity provider’s test post its SAML response here in place of AWS. You are told what AWS would say to it, and nobody is signed in.</p>
<dl class="facts stacked"><dt>ACS or Reply URL, for the test</dt><dd><code>${url}</code></dd><dt>Good until</dt><dd>${until.toISOString().slice(0, 16).replace('T', ' ')} UTC</dd></dl>
<p>Leave the audience as it is. After the test, put <code>https://signin.aws.amazon.com/saml</code> back.</p>`,
  }
}

export function reportPage(owner: string, report: AwsReport): Page {
  const { checks, facts } = report
  const failures = checks.filter(({ outcome }) => outcome === 'failed').toSorted(inAwsOrder)
  const open = checks.filter(({ outcome }) => outcome === 'not-checked')
  const count = checks.length - failures.length - open.length
  return {
    title: titleOf(report, failures.length),
    owner,
    body: html`${verdict(report)}
${failures.map(failure)}
${open.length > 0 && html`<h2>Not checked</h2>${[...new Set(open.map(({ sentence }) => sentence))].map((sentence) => html`<p>${sentence}</p>`)}`}
<h2>What it says</h2>
<dl class="facts stacked">${fact('RoleSessionName', facts.roleSessionName.join(', '))}${facts.roles.map(({ value }) => fact('Role', value))}${fact('SessionDuration', facts.sessionDuration.join(', '))}${fact('NameID', facts.nameId?.value ?? '')}${fact('Issuer', facts.issuer ?? '')}${fact('RelayState', facts.relayState ?? '')}</dl>
<p class="quiet">${count} of ${checks.length} checks passed. The whole report is in the administration portal, under Amazon Connect Integration.</p>`,
  }
}

function titleOf({ firstError, checks }: AwsReport, failures: number): string {
  if (firstError !== null) return 'AWS would not take this response'
  if (!isVerified(checks)) return 'Whether AWS would take this response cannot be told'
  return failures === 0 ? 'AWS would take this response' : 'AWS would take it, but something is wrong'
}

function verdict({ firstError, errors, checks }: AwsReport): Html {
  if (firstError === null && !isVerified(checks))
    return html`<p role="status">It was not verified that the identity provider said this. Why not, and what is wrong with the rest, stands below. Nobody was signed in here.</p>`
  if (firstError === null)
    return html`<p role="status">As far as the response goes, AWS would sign this person in. Nobody was signed in here.</p>`
  const certain = errors.find(({ error }) => error === firstError)?.certain === true
  return html`<div class="notice broken" role="status"><p>${certain ? 'It would say' : 'It would probably say'}: <q>${awsErrors[firstError].text}</q></p></div>`
}

/** What people see first comes first; what AWS takes comes last. */
function inAwsOrder(one: AwsCheck, other: AwsCheck): number {
  return placeOf(one.causes) - placeOf(other.causes)
}

function placeOf(error: AwsErrorId | null): number {
  return error === null ? awsErrorIds.length : awsErrorIds.indexOf(error)
}

function failure({ title, sentence, expected, received, cure }: AwsCheck): Html {
  return html`<section>
<h2>Not so: ${title}</h2>
<p>${sentence}</p>
<dl class="facts stacked">${fact('Expected', expected ?? '')}${fact('Received', received ?? '')}</dl>
${cure !== null && html`<p><strong>What helps:</strong> ${cure}</p>`}
</section>`
}

/** Anybody’s words, so a line of them. */
function fact(name: string, value: string): Html {
  return value === '' ? html`` : html`<dt>${name}</dt><dd>${shortly(value)}</dd>`
}

export function closedPage(): Page {
  return {
    title: 'Nothing is looked at here any more',
    body: html`<p>The address is good for an hour after it was made. Nothing was kept of what you sent.</p>
<p>Make a new one in the administration portal, under Amazon Connect Integration, and put it into your identity provider’s test.</p>`,
  }
}

export function fullPage(owner: string): Page {
  return {
    title: 'This address has seen enough',
    owner,
    body: html`<p>Twenty responses came here, and no more are looked at.</p>
<p>Make a new address in the administration portal, under Amazon Connect Integration.</p>`,
  }
}

export function nothingPage(owner: string, sentence: string): Page {
  return { title: 'There was no SAML response', owner, body: html`<p>${sentence}</p>` }
}

export function busyPage(): Page {
  return {
    title: 'Please wait a moment',
    body: html`<p>Too much came from your address at once. Try again in a minute.</p>`,
  }
}
