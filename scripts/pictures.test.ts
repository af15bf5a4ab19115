// No page of the portal is without its pictures, and the pictures stay small.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { administratorPictures, looks, nameOf, ownPictures, portalPaths, publicPictures } from './pictures.ts'
import { readPng, smallPng } from './small-png.ts'

const folder = join(import.meta.dirname, '../docs/screenshots')
const routes = readFileSync(join(import.meta.dirname, '../admin/src/routes.tsx'), 'utf8')
const mostBytes = 4 * 1024 * 1024

test('every route of the portal is read: none is written in a way that is not found', () => {
  const written = [...routes.matchAll(/^\s*page\('|\bpath: '/gm)].length
  const around = ["path: '/$company/administrators'", "path: '/$company/$environment'"] // drawn around their first child
  for (const one of around) assert.ok(routes.includes(one), one)
  assert.equal(portalPaths().length, written - around.length)
  const names = portalPaths().map(nameOf)
  assert.deepEqual([...new Set(names)], names, 'each has a name of its own')
})

test('every page has its pictures in docs/screenshots, in each look, and there are no others', () => {
  const all = [...publicPictures, ...administratorPictures, ...ownPictures]
  const wanted = all.flatMap(({ name }) => Object.keys(looks).map((look) => `${name}-${look}.png`))
  assert.deepEqual(readdirSync(folder).sort(), wanted.sort(), 'npm run screenshots makes them')
})

test('the pictures together are small enough for a repository', () => {
  const bytes = readdirSync(folder).map((file) => statSync(join(folder, file)).size)
  const whole = bytes.reduce((sum, size) => sum + size, 0)
  assert.ok(whole <= mostBytes, `${whole} bytes`)
})

test('a picture that was made small is the same picture, and making it small again changes nothing', () => {
  const [file = ''] = readdirSync(folder)
  const png = readFileSync(join(folder, file))
  const again = smallPng(png)
  assert.deepEqual(readPng(again), readPng(png))
  assert.ok(again.length <= png.length)
  assert.throws(() => readPng(Buffer.from('no picture')), /no PNG/)
})
