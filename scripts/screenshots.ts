// `npm run screenshots`: a picture of every page, light, dark and on a telephone, in docs/screenshots. Words choose
// pictures: `npm run screenshots -- users keys`. Everything happens at one moment of one day, so that a picture differs
// from the one before only where its page does.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { liveADay, type Names } from '../server/flows/picture-life.ts'
import { type PictureStage, sallyportUrl, startPictureStage } from '../server/flows/picture-stage.ts'
import { buildPages } from './build-pages.ts'
import { administratorPictures, looks, ownPictures, type Picture, publicPictures } from './pictures.ts'
import { smallPng } from './small-png.ts'

const folder = join(import.meta.dirname, '../docs/screenshots')
const chosen = process.argv.slice(2)
const failures: string[] = []

await buildPages()
mkdirSync(folder, { recursive: true })
if (chosen.length === 0) for (const file of readdirSync(folder)) rmSync(join(folder, file))
{
  await using stage = await startPictureStage()
  const names = await liveADay(stage)
  await takeAll(stage, names, publicPictures, {})
  const storageState = await becomeAdministrator(stage, names)
  await takeAll(stage, names, administratorPictures, { storageState })
  await takeAll(stage, names, ownPictures, {})
}
for (const failure of failures) console.error(failure)
process.exitCode = failures.length > 0 ? 1 : 0

async function takeAll(
  stage: PictureStage,
  names: Names,
  pictures: readonly Picture[],
  who: BrowserContextOptions,
): Promise<void> {
  for (const [look, options] of Object.entries(looks)) {
    const { context, page } = await stage.visitor({ ...options, ...who })
    for (const picture of pictures) await take(page, names, picture, look)
    await context.close()
  }
}

async function take(page: Page, names: Names, { name, open }: Picture, look: string): Promise<void> {
  // One browser goes through the server's own pages, so none of those can be left out.
  const wanted = chosen.length === 0 || chosen.some((word) => name.includes(word))
  if (!wanted && !ownPictures.some((one) => one.name === name)) return
  try {
    await open(page, names)
    await page.mouse.move(0, 0)
    const png = await page.screenshot({ animations: 'disabled', caret: 'hide' })
    if (wanted) writeFileSync(join(folder, `${name}-${look}.png`), smallPng(png))
  } catch (error) {
    failures.push(`${name}-${look}: ${(error as Error).message}`)
  }
}

async function becomeAdministrator(
  stage: PictureStage,
  names: Names,
): Promise<Awaited<ReturnType<BrowserContext['storageState']>>> {
  const { context, page } = await stage.visitor(looks.light)
  await page.goto(`${sallyportUrl}/admin/first-run/${names['first-run/$token']}`)
  await page.getByLabel('E-mail address').fill('grace@acme.example')
  await page.getByLabel('Your name').fill('Grace Okafor')
  await page.getByLabel('Password').first().fill('several words together')
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.waitForURL('**/admin/acme/production')
  const state = await context.storageState()
  await context.close()
  return state
}
