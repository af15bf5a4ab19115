/**
 * The form that sets the pretend instance: what is read of it, and why it may not be taken. Pure.
 */
import { people } from '../identity-provider/people.ts'
import type { AmazonConnectSwitches } from './switches.ts'

/** A sentence where the form cannot be taken. */
export function readSwitchesForm(form: URLSearchParams): AmazonConnectSwitches | string {
  const typed = (form.get('approved-origins') ?? '').split(/\s+/).filter((word) => word !== '')
  const approvedOrigins = typed.map(originOf)
  const wrong = typed.find((_word, index) => approvedOrigins[index] === undefined)
  if (wrong !== undefined) return `${wrong} is no origin: give scheme, host and port only, as in https://desk.example.`
  const identity = form.get('identity')
  if (identity !== 'saml' && identity !== 'connect') return 'The form was not filled in.'
  const sessionHours = Number(form.get('session-hours') ?? '')
  if (!(sessionHours > 0 && sessionHours <= mostHours)) return `A session lasts up to ${mostHours} hours.`
  return {
    approvedOrigins: approvedOrigins.filter((origin) => origin !== undefined),
    users: people.map(({ username }) => username).filter((username) => form.getAll('user').includes(username)),
    identity,
    sessionHours,
    crossSite: form.has('cross-site'),
    coop: form.has('coop'),
  }
}

const mostHours = 10

/** A host may hold more signs than these, a semicolon for one, and it goes into a header as it is. */
const host = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])$/

/** Undefined where more than an origin was typed. */
function originOf(word: string): string | undefined {
  const url = URL.canParse(word) ? new URL(word) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || !host.test(url.hostname)) return undefined
  return url.href === `${url.origin}/` ? url.origin : undefined
}
