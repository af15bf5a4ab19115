// The account of whoever administers, in the portal: authenticator app, passkeys, password, sessions.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import decodeQR from 'qr/decode.js'
import { codeAt, stepAt } from '#administrators/totp.ts'
import { onOneDatabase } from '#storage/on-every-database.ts'
import { closeBrowser } from './browser.ts'
import { administrator, email, type PortalStage, password, startPortal, violations } from './portal-stage.ts'

after(closeBrowser)

/** What this file needs of a browser's own names. */
type Drawing = {
  readonly createImageBitmap: (blob: Blob) => Promise<{ readonly width: number; readonly height: number }>
  readonly OffscreenCanvas: new (
    width: number,
    height: number,
  ) => {
    readonly getContext: (kind: '2d') => {
      readonly drawImage: (bitmap: object, x: number, y: number) => void
      readonly getImageData: (x: number, y: number, w: number, h: number) => { readonly data: Uint8ClampedArray }
    }
  }
}

/** What a phone reads from the screen. */
async function scan(page: Page, name: string): Promise<string> {
  const png = await page.getByRole('img', { name }).screenshot()
  const other = await page.context().newPage()
  const picture = await other.evaluate(async (base64) => {
    const { createImageBitmap, OffscreenCanvas } = globalThis as unknown as Drawing
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]))
    const { width, height } = bitmap
    const canvas = new OffscreenCanvas(width, height).getContext('2d')
    canvas.drawImage(bitmap, 0, 0)
    return { width, height, data: [...canvas.getImageData(0, 0, width, height).data] }
  }, png.toString('base64'))
  await other.close()
  return decodeQR({ ...picture, data: Uint8Array.from(picture.data) }, { timeLimit: 10_000 })
}

/** Codes are good once, so each is of a later time than the one before. */
function codeOf(stage: PortalStage, secret: string): string {
  stage.sallyport.passTime(30_000)
  return codeAt(secret, stepAt(stage.sallyport.world.clock()))
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account/ }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in to the administration portal' }).waitFor()
}

async function passwordStep(page: Page, word = password): Promise<void> {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').first().fill(word)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function openAccount(t: TestContext, stage: PortalStage) {
  const someone = await administrator(t, stage)
  await someone.page.getByRole('button', { name: /^Account/ }).click()
  await someone.page.getByRole('link', { name: 'My account' }).click()
  await someone.page.getByRole('heading', { name: 'My account' }).waitFor()
  return someone
}

onOneDatabase((kind, openFresh) => {
  test(`an authenticator app is set up by scanning, and asked for; its recovery codes are shown once (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await openAccount(t, stage)
    await page.getByRole('button', { name: 'Set up an authenticator app' }).click()
    const address = new URL(await scan(page, 'QR code for the authenticator app'))
    const secret = address.searchParams.get('secret') ?? ''
    assert.deepEqual([address.protocol, address.pathname.endsWith(encodeURIComponent(email))], ['otpauth:', true])
    await page.getByText(secret, { exact: true }).waitFor()
    assert.deepEqual(await violations(page), [])

    await page.getByLabel('Code', { exact: true }).fill('000000')
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByLabel('Code', { exact: true }).and(page.locator('[aria-invalid=true]')).waitFor()
    await page.getByLabel('Code', { exact: true }).fill(codeOf(stage, secret))
    await page.getByRole('button', { name: 'Confirm' }).click()
    const dialog = page.getByRole('dialog', { name: 'Recovery codes' })
    await dialog.getByRole('listitem').first().waitFor()
    const codes = await dialog.getByRole('listitem').allTextContents()
    assert.ok(codes.length >= 8 && codes.every((code) => code.length >= 16), codes.join())
    const download = page.waitForEvent('download')
    await dialog.getByRole('button', { name: 'Download them' }).click()
    const file = readFileSync(await (await download).path(), 'utf8')
    assert.ok(codes.every((code) => file.includes(code)) && file.includes(email), file)
    await page.keyboard.press('Escape')
    assert.deepEqual(await violations(page), [])
    await dialog.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByText('From now on a code is asked for when you sign in.').waitFor()
    assert.equal(await page.getByText(codes[0]!).count(), 0)

    for (const code of [() => codeOf(stage, secret), () => codes[0]!]) {
      await signOut(page)
      await passwordStep(page)
      await page.getByLabel('Code', { exact: true }).fill(code())
      await page.getByRole('button', { name: 'Go on' }).click()
      await page.getByRole('heading', { name: 'My account' }).waitFor()
    }
    await page.getByRole('button', { name: 'Remove the authenticator app' }).click()
    const off = page.getByRole('dialog', { name: 'Remove the authenticator app' })
    await off.getByLabel('Present password').fill('not this one')
    await off.getByRole('button', { name: 'Remove the authenticator app' }).click()
    await off.getByText('password-wrong').waitFor()
    await off.getByLabel('Present password').fill(password)
    await off.getByRole('button', { name: 'Remove the authenticator app' }).click()
    await page.getByText('The authenticator app is removed.').waitFor()
    assert.deepEqual(complaints, [])
  })

  test(`a passkey is made, signs in by itself, and is removed (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await openAccount(t, stage)
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    await page.getByText('None yet.').waitFor()
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByLabel('Name of the new passkey').and(page.locator('[aria-invalid=true]')).waitFor()
    await page.getByLabel('Name of the new passkey').fill('Laptop')
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByText('No passkey was made').waitFor()
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true })
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByRole('cell', { name: 'Laptop' }).waitFor()
    assert.deepEqual(await violations(page), [])

    await signOut(page)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('heading', { name: 'My account' }).waitFor()
    await page.getByRole('table', { name: 'My sessions' }).getByText('Passkey').waitFor()
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('dialog').getByText('You will have no passkey then').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('None yet.').waitFor()
    assert.deepEqual(complaints, [])
  })

  test(`name and password are changed, and another browser's session is ended (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await openAccount(t, stage)
    const signInElsewhere = async (word: string) => {
      const response = await fetch(`${stage.sallyport.url}/api/v1/me/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'Mozilla/5.0 (X11; Linux) Firefox/140.0' },
        body: JSON.stringify({ email, password: word }),
      })
      assert.equal(response.status, 200)
      await page.reload()
      await page.getByRole('table', { name: 'My sessions' }).getByText('Firefox').waitFor()
    }
    await page.getByLabel('Your name').fill('Grace O. Okafor')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Your name is saved.').waitFor()
    await page.getByRole('button', { name: 'Account: Grace O. Okafor' }).waitFor()

    await signInElsewhere(password)
    await page.getByRole('button', { name: 'End', exact: true }).click()
    await page
      .getByRole('dialog')
      .getByText(/signed out on Firefox/)
      .waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'End' }).click()
    await page.getByText('The session was ended.').waitFor()
    await page.getByRole('button', { name: 'End', exact: true }).waitFor({ state: 'detached' })

    await signInElsewhere(password)
    await page.getByLabel('Present password').fill(password)
    await page.getByLabel('New password').fill('short')
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByLabel('New password').and(page.locator('[aria-invalid=true]')).waitFor()
    assert.equal(await page.getByLabel('Present password').inputValue(), password, 'nothing that was entered is lost')
    await page.getByLabel('New password').fill('another few words together')
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByText('Your other sessions were ended.').waitFor()
    await page.getByRole('button', { name: 'End', exact: true }).waitFor({ state: 'detached' })
    await signOut(page)
    await passwordStep(page, 'another few words together')
    await page.getByRole('heading', { name: 'My account' }).waitFor()
    assert.deepEqual(complaints, [])
  })
})
