// Single logout with identity providers that none of us wrote: by every binding, begun here and begun there.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createFormBrowser, type FormBrowser, type Page } from '@sallyport/sandbox/peers/form-browser.ts'
import { followLogout, logOutByForm } from '@sallyport/sandbox/peers/log-out-by-form.ts'
import { type PeerKind, peerInstalled, peerKinds } from '@sallyport/sandbox/peers/peer.ts'
import { signInByForm } from '@sallyport/sandbox/peers/sign-in-by-form.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { type Declared, type Partners, startPartners } from './logout-with-peer.ts'

const bindings = ['redirect', 'post', 'soap'] as const
type Binding = (typeof bindings)[number]

const frontChannel = (binding: 'redirect' | 'post', { peer }: Partners): string => {
  const endpoint = new RegExp(`SingleLogoutService[^>]*HTTP-${binding === 'post' ? 'POST' : 'Redirect'}"[^>]*`)
  const [, url = ''] = /Location="([^"]*)"/.exec(endpoint.exec(peer.metadataXml)?.[0] ?? '') ?? []
  return `{ enabled: true, binding: ${binding}, url: "${url}" }`
}
const declaredFor = (binding: Binding, partners: Partners): Declared => ({
  singleLogout: binding === 'soap' ? '{ enabled: true, method: back-channel }' : frontChannel(binding, partners),
})

async function signIn({ peer, startUrl }: Partners, browser: FormBrowser = createFormBrowser(), who = 'alice') {
  const { page, form } = await signInByForm(peer, startUrl, who, `${who}-pw`, browser)
  const landed = await browser.submit(page, form)
  assert.match(landed.body, /Hello, /, landed.body)
  return browser
}

async function pressLogOut({ landingUrl }: Partners, browser: FormBrowser): Promise<Page> {
  const landing = await browser.open(landingUrl)
  const form = landing.forms.find(({ action }) => action.endsWith('/logout'))
  assert.ok(form, landing.body)
  return followLogout(await browser.submit(landing, form), browser)
}

/** Whether the identity provider answers without asking who this is. */
async function isKnownThere({ startUrl }: Partners, browser: FormBrowser): Promise<boolean> {
  const page = await browser.open(startUrl)
  return page.forms.some(({ fields }) => 'SAMLResponse' in fields)
}

async function until(fact: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000
  while (!(await fact())) {
    assert.ok(Date.now() < end, 'it did not come true within 20 seconds')
    await delay(20)
  }
}

const skipped = (kind: PeerKind): boolean => !peerInstalled(kind) && process.env.SALLYPORT_REQUIRE_PEERS !== '1'

for (const kind of peerKinds) {
  if (skipped(kind)) {
    test(`single logout with ${kind}`, { skip: `${kind} is not installed: bash sandbox/peers/install.sh` }, () => {})
    continue
  }
  onEveryDatabase((database, openFresh) => {
    const partners = async (t: TestContext, options?: Readonly<Record<string, string>>) =>
      startPartners(t, await openFresh(t), kind, options)

    test(`${kind}: Log out ends the session here and there, by Redirect, POST and SOAP (${database})`, async (t) => {
      const both = await partners(t)
      for (const binding of bindings) {
        await t.test(binding, async () => {
          await both.declare(declaredFor(binding, both))
          const browser = await signIn(both)
          const page = await pressLogOut(both, browser)
          const last = async () => (await both.ledger()).at(-1)
          await until(async () => (await last())?.finishedAt !== undefined)
          const entry = await last()
          assert.deepEqual([entry?.state, entry?.binding, entry?.why], ['done', binding, 'logged-out'])
          const known = binding === 'soap' ? await browser.open(page.url) : page
          assert.match(known.body, /You are logged out of Acme and of your company’s sign-in page\./)
          assert.equal(await both.open(), 0)
          assert.equal(await isKnownThere(both, browser), false)
        })
      }
    })

    for (const binding of bindings) {
      test(`${kind}: a person who logs out there is logged out here, by ${binding} (${database})`, async (t) => {
        const both = await partners(t, { logoutBy: binding })
        await both.declare(declaredFor(binding, both))
        const browser = await signIn(both)
        const other = await signIn(both, createFormBrowser(), 'bob')
        await logOutByForm(both.peer, browser)
        const [entry, ...more] = await both.ledger()
        assert.deepEqual(
          [entry?.direction, entry?.binding, entry?.state, entry?.endedSessions, more.length],
          ['from-provider', binding, 'done', 1, 0],
        )
        assert.match(
          (await browser.open(both.landingUrl)).body,
          /Your company’s sign-in page logged you out|signed out/,
        )
        assert.match((await other.open(both.landingUrl)).body, /Hello, /, 'nobody else is')
        assert.equal(await both.open(), 1)
      })
    }
  })
}
