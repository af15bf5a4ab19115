// What happens before the pictures are taken: a day of sign-ins, some of them refused, and what administrators do.

import assert from 'node:assert/strict'
import { type PictureStage, sallyportUrl } from './picture-stage.ts'

/** What stands in the addresses of pages: `{ ticket: …, users: … }`, by the word before the parameter or its name. */
export type Names = Readonly<Record<string, string>>
type Made = { readonly id: string; readonly url: string }
type Items = { readonly items: readonly Readonly<Record<string, string>>[] }

export const environmentUrl = `${sallyportUrl}/acme/production`
export const mediaHelper = '64cd7f8c-207b-4caf-b888-56b8e17384a6'
const ticket = 'qwmvtzkrphldxb'
/** The User/Agent URL is the agent desktop, so people come by a link. */
const signInUrl = `${sallyportUrl}/saml/ssoRequest?ticket=${ticket}`

/** Who signs in, so many minutes before, and how the identity provider answers. */
const day: readonly (readonly [string, number, string?])[] = [
  ['Ada', 1190],
  ['Grace', 1130],
  ['Alan', 880],
  ['Katherine', 615, 'Expired'],
  ['Katherine', 610],
  ['Zoë', 540],
  ['Ada', 420],
  ['Grace', 395],
  ['Alan', 260, 'Wrong audience'],
  ['Alan', 255],
  ['Zoë', 170, 'Signed with a wrong key'],
  ['Zoë', 166],
  ['Katherine', 62],
  ['Grace', 31],
  ['Ada', 12],
]

/** The minutes before the pictures are what `minutesBefore` of the stage says. */
export async function liveADay(stage: PictureStage): Promise<Names> {
  const { api } = stage
  stage.minutesBefore(1400)
  await api('PUT', 'access/addresses', { ranges: ['127.0.0.0/8', '203.0.113.0/24', '2001:db8::/32'], mode: 'shadow' })
  const text = 'forbid (principal, action, resource)\nwhen { principal.type == "site" };\n'
  const policy = await api<Made>('POST', 'access/policies', { name: 'No Site Users', text, mode: 'shadow' })
  await api('POST', 'token-keys')
  for (const [person, minutes, answer] of day) {
    stage.minutesBefore(minutes)
    await signIn(stage, person, answer)
  }
  stage.minutesBefore(9)
  await signInAndOut(stage)
  const links = await makeLinks(stage)
  stage.minutesBefore(6)
  await api('PUT', 'session-settings', { idleMinutes: 30, lifetimeMinutes: 480, limit: { enabled: true, maximum: 3 } })
  stage.minutesBefore(0)
  const first = async (path: string, field = 'id'): Promise<string> => {
    const [found] = (await api<Items>('GET', path)).items
    assert.ok(found?.[field], path)
    return found[field]
  }
  return {
    ...links,
    ticket,
    company: 'acme',
    environment: 'production',
    'users/$id': await first('users?filter[username]=ada'),
    'logouts/$id': await first('logouts'),
    'clients/$id': mediaHelper,
    'access/policies/$id': policy.id,
    'versions/$id': await first('versions'),
    reference: await refused(stage),
  }
}

async function signIn(stage: PictureStage, person: string, answer = 'Correct'): Promise<void> {
  const { context, page } = await stage.visitor()
  await page.goto(signInUrl)
  await page.getByLabel('Answer', { exact: true }).selectOption({ label: answer })
  await page.getByRole('button', { name: new RegExp(person) }).click()
  await page.waitForURL(answer === 'Correct' ? environmentUrl : /\/acs$|\/continue/)
  await context.close()
}

async function signInAndOut(stage: PictureStage): Promise<void> {
  const { context, page } = await stage.visitor()
  await page.goto(signInUrl)
  await page.getByRole('button', { name: /Alan/ }).click()
  await page.waitForURL(environmentUrl)
  await page.goto(`${environmentUrl}?done=${environmentUrl}`)
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.waitForURL(/logged-out/)
  await context.close()
}

/** A link of each kind that shows a page to somebody without an account; the token is in its address. */
async function makeLinks({ api, firstRun }: PictureStage): Promise<Names> {
  const { id } = await api<Made>('POST', 'connections', { name: 'Microsoft Entra ID' })
  const setup = await api<Made>('POST', `connections/${id}/setup-links`, {})
  const { items } = await api<{ readonly items: readonly { readonly company: Made }[] }>('GET', '/api/v1/environments')
  const administrators = `/api/v1/companies/${items[0]?.company.id}/administrators`
  const invited = { email: 'alan@acme.example', role: 'support' }
  const { link } = await api<{ readonly link: string }>('POST', administrators, invited)
  const shared = await api<Made>('POST', `records/${await refused({ api })}/share`, { expiresInHours: 24 })
  const links = { 'first-run': await firstRun(), link, setup: setup.url, shared: shared.url }
  return Object.fromEntries(Object.entries(links).map(([of, url]) => [`${of}/$token`, url.split('/').at(-1) ?? '']))
}

/** The sign-in whose record is shown: Zoë's, with another key. */
async function refused({ api }: Pick<PictureStage, 'api'>): Promise<string> {
  const { items } = await api<Items>('GET', 'records?outcome=refused')
  assert.ok(items[0]?.reference, 'nobody was refused')
  return items[0].reference
}
