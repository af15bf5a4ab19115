// Which pages there are pictures of. The portal's are read from its routes, so that none is forgotten; those that the
// server makes itself are listed here, in the order in which one person meets them.
import { readFileSync } from 'node:fs'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { environmentUrl, mediaHelper, type Names } from '../server/flows/picture-life.ts'
import { sallyportUrl } from '../server/flows/picture-stage.ts'

export type Picture = {
  /** The file's, without look and ending. */
  readonly name: string
  readonly open: (page: Page, names: Names) => Promise<void>
}

const wide = { viewport: { width: 1280, height: 900 } }
export const looks = {
  light: { ...wide, colorScheme: 'light' },
  dark: { ...wide, colorScheme: 'dark' },
  narrow: { viewport: { width: 390, height: 844 }, colorScheme: 'light', isMobile: true, hasTouch: true },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>

const routes = new URL('../admin/src/routes.tsx', import.meta.url)

/** Addresses below /admin, as the routes write them: `/$company/$environment/users/$id`. */
export function portalPaths(source: string = readFileSync(routes, 'utf8')): readonly string[] {
  const ofEnvironment = [...source.matchAll(/\bpage\('([^']+)'/g)].map(([, path]) => `/$company/$environment${path}`)
  const others = [...source.matchAll(/\bpath: '([^']+)'/g)].map(([, path = '']) => path)
  const all = [...others, ...ofEnvironment].map((path) => path.replace(/(.)\/$/, '$1'))
  return [...new Set(all)]
}

/** `/$company/$environment/users/$id` → `users-id`. */
export function nameOf(path: string): string {
  const rest = path.replace('/$company/$environment', '').replace('/$company', '')
  const name = rest.replaceAll('$', '').split('/').filter(Boolean).join('-')
  if (name !== '') return name
  return path === '/' ? 'sign-in' : 'home'
}

/** The address with its parameters filled in; undefined where nobody has said with what. */
export function filledIn(path: string, names: Names): string | undefined {
  const parts = path.split('/').filter(Boolean)
  const filled = parts.map((part, place) => {
    if (!part.startsWith('$')) return part
    const until = parts.slice(0, place + 1).join('/')
    const closest = Object.keys(names).find((key) => key.includes('/') && until.endsWith(key))
    return names[closest ?? part.slice(1)]
  })
  return filled.includes(undefined) ? undefined : `/admin/${filled.join('/')}`
}

/** What is done on a page before it is worth a picture. */
const deeds: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  explain: async (page) => {
    const message = readFileSync(new URL('../saml/cases/bad/expired/response.xml', import.meta.url), 'utf8')
    await page.getByRole('textbox').first().fill(message)
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByRole('heading', { level: 2 }).first().waitFor()
  },
  'amazon-connect': (page) =>
    page
      .getByRole('heading', { name: 'Single sign-on' })
      .evaluate((heading) => heading.scrollIntoView({ block: 'start' })),
  'amazon-connect-federation': async (page) => {
    await page.getByRole('combobox', { name: 'Identity provider' }).click()
    await page.getByRole('option', { name: 'Okta' }).click()
    await page.getByText('In Okta').first().waitFor()
    await page
      .getByRole('heading', { name: /RelayState|land in/ })
      .first()
      .scrollIntoViewIfNeeded()
  },
  'amazon-connect-check': async (page) => {
    const message = readFileSync(new URL('../saml/cases/bad/expired/response.xml', import.meta.url), 'utf8')
    await page.getByRole('textbox').first().fill(message)
    await page.getByRole('button', { name: 'Check', exact: true }).click()
    await page.getByRole('article').first().waitFor()
  },
  'connections-ticket-guide': chooseProduct,
  'setup-token': chooseProduct,
  'connections-ticket-test': async (page) => {
    const [window] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Begin the test' }).click(),
    ])
    await window.getByRole('button', { name: /Ada/ }).click()
    await page.getByRole('heading', { level: 2 }).first().waitFor()
    await window.close()
  },
}

const portalPictures = portalPaths().map((path) => ({ path, name: nameOf(path) }))
const needsAccount = ({ path }: { readonly path: string }): boolean => path !== '/' && !path.endsWith('/$token')

const inPortal = ({ path, name }: { readonly path: string; readonly name: string }): Picture => ({
  name: `portal-${name}`,
  open: async (page, names) => {
    const address = filledIn(path, names)
    if (address === undefined) throw new Error(`picture-life.ts does not say what to fill in: ${path}`)
    await page.goto(`${sallyportUrl}${address}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    await deeds[name]?.(page)
  },
})

/** For people without an account; the first-run page is there until somebody has made one. */
export const publicPictures: readonly Picture[] = portalPictures.filter((one) => !needsAccount(one)).map(inPortal)
export const administratorPictures: readonly Picture[] = portalPictures
  .filter(needsAccount)
  // The guide shows what the test sign-in has found: after it, or it would say less in the first look than in the others.
  .sort((a, b) => Number(a.name.endsWith('guide')) - Number(b.name.endsWith('guide')))
  .map(inPortal)

const askForTokens = new URLSearchParams({
  client_id: mediaHelper,
  redirect_uri: 'http://127.0.0.1/callback',
  response_type: 'code',
  scope: 'openid',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
})

/** The User/Agent URL as it is where there is no agent desktop, or somebody was sent to sign in for another page. */
const wayIn = `${environmentUrl}?done=${environmentUrl}`

/** What the server makes itself, as Grace meets it. One browser goes through all of them. */
export const ownPictures: readonly Picture[] = [
  { name: 'agent-sign-in', open: (page) => open(page, wayIn) },
  {
    name: 'agent-refused',
    open: async (page) => {
      await page.getByRole('link', { name: 'Sign in' }).click()
      await page.getByLabel('Answer', { exact: true }).selectOption({ label: 'Signed with a wrong key' })
      await page.getByRole('button', { name: /Grace/ }).click()
      await page.waitForURL(/\/acs$|\/continue/)
    },
  },
  {
    name: 'agent-signed-in',
    open: async (page) => {
      await open(page, wayIn)
      await page.getByRole('link', { name: 'Sign in' }).click()
      await page.getByRole('button', { name: /Grace/ }).click()
      await page.waitForURL(environmentUrl)
      await open(page, wayIn)
    },
  },
  { name: 'agent-account', open: (page) => open(page, `${environmentUrl}/account`) },
  { name: 'agent-sessions', open: (page) => open(page, `${environmentUrl}/account/sessions`) },
  {
    name: 'agent-client-denied',
    open: async (page) => {
      await open(page, `${environmentUrl}/oauth/authorize?${askForTokens}`)
      await page.getByRole('link', { name: 'Back to the application' }).waitFor()
    },
  },
  {
    name: 'agent-logged-out',
    open: async (page) => {
      await open(page, wayIn)
      await page.getByRole('button', { name: 'Log out' }).click()
      await page.waitForURL(/logged-out/)
    },
  },
  {
    name: 'desktop-sign-in',
    open: async (page) => {
      await open(page, environmentUrl)
      await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
    },
  },
  {
    name: 'desktop-trouble',
    open: async (page) => {
      const window = await signInWindow(page)
      await window.close()
      await page.getByRole('heading', { name: 'The sign-in window was closed too early' }).waitFor()
    },
  },
  {
    name: 'desktop-call',
    open: async (page) => {
      await open(page, environmentUrl)
      const window = await signInWindow(page)
      await window.getByRole('button', { name: /Grace/ }).click()
      await page.getByRole('heading', { name: 'Grace Okafor' }).waitFor()
      const panel = page.frames().find((frame) => frame.url().includes('/ccp-v2'))
      await panel?.locator('#ring').dispatchEvent('click')
      await page.getByText('Ringing').waitFor()
    },
  },
]

async function signInWindow(page: Page): Promise<Page> {
  const [window] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Sign in', exact: true }).click(),
  ])
  return window
}

async function chooseProduct(page: Page): Promise<void> {
  const product = page.getByRole('radio', { name: 'Microsoft Entra ID' })
  if (await product.isVisible()) {
    // else it was chosen for another picture, and is remembered
    await product.check()
    await page.getByRole('button', { name: 'Show its guide' }).click()
  }
  await page.getByRole('listitem').getByRole('heading').first().waitFor()
  await page.waitForLoadState('networkidle')
}

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url)
}
