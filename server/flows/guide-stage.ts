// An administrator at the set-up guide of a connection.

import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import type { PortalStage } from './portal-stage.ts'

export type Connection = Readonly<Record<string, unknown>> & { readonly id: string; readonly ticket: string }
export type Connections = { readonly items: readonly Connection[] }

/** A step of the guide, by its title. */
export const step = (page: Page, title: string): Locator =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) })

/** From the list of connections to the guide of a new one. */
export async function begin(page: Page, stage: PortalStage, product: string, name: string): Promise<void> {
  await page.goto(`${stage.sallyport.url}/admin/acme/production/connections/new`)
  await page.getByRole('radio', { name: product }).check()
  await page.getByLabel('Name of the connection').fill(name)
  await page.getByRole('button', { name: 'Make the connection' }).click()
  await page.getByRole('heading', { name: `Set up ${name}` }).waitFor()
}

export async function made(stage: PortalStage, name: string): Promise<Connection> {
  const { items } = await stage.api<Connections>('GET', 'connections')
  const found = items.find((one) => one.name === name)
  assert.ok(found, `no connection ${name}`)
  return found
}

/** Metadata, Create Users, activation. */
export async function useSandbox(page: Page, url: string): Promise<void> {
  const bring = step(page, 'Bring its metadata here')
  await bring.getByLabel('Address of the metadata').fill(`${url}/idp/metadata`)
  await bring.getByRole('button', { name: 'Read and save' }).click()
  await bring.getByText('The signing certificate is valid.').waitFor()
  const people = step(page, 'Decide who gets an account here')
  await people.getByRole('switch', { name: 'Create Users' }).check({ force: true })
  await people.getByRole('combobox', { name: 'Default Team' }).fill('Newcomers')
  await people.getByRole('button', { name: 'Save this' }).click()
  await people.getByText('Done').waitFor()
  await step(page, 'Test it, and put it to use').getByRole('button', { name: 'Activate' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click()
  await page.getByText('3 of 8 steps are done').waitFor()
}
