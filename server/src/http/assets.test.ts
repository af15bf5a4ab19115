import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import Fastify from 'fastify'
import { serveAssets } from '#http/assets.ts'

const [look = '', ...others] = ['look.css', 'elements.css', 'sallyport.css'].map((name) =>
  readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8'),
)
const rules = others.join('\n')

/** The variables of the first block are the light ones; the dark ones replace some. */
function variables(scheme: 'light' | 'dark'): ReadonlyMap<string, string> {
  const [light = '', dark = ''] = [...look.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block ?? '')
  const read = (block: string) =>
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name, colour])
  return new Map([...read(light), ...(scheme === 'dark' ? read(dark) : [])] as [string, string][])
}

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

for (const scheme of ['light', 'dark'] as const) {
  test(`text and accents stand out from what is behind them, 4.5 to 1 and more (WCAG 2.2 1.4.3): ${scheme}`, () => {
    const colours = variables(scheme)
    const pairs = [
      ...['ink', 'quiet', 'accent', 'accent-strong', 'broken', 'warning'].flatMap((text) => [
        [text, 'surface'],
        [text, 'paper'],
      ]),
      ['on-accent', 'accent'],
      ['on-accent', 'accent-strong'],
    ]
    for (const [text = '', behind = ''] of pairs) {
      const ratio = contrast(colours.get(text) ?? assert.fail(text), colours.get(behind) ?? assert.fail(behind))
      assert.ok(ratio >= 4.5, `--${text} on --${behind}: ${ratio.toFixed(2)}`)
    }
  })
}

test('every colour but black and white is a variable, so that both schemes have it; nothing moves', () => {
  assert.doesNotMatch(rules, /#[0-9a-f]{3}|rgba?\(|hsla?\(/i)
  assert.doesNotMatch(look + rules, /animation|transition|@import|url\(/)
  for (const [, name = ''] of rules.matchAll(/var\(--([\w-]+)\)/g)) assert.ok(variables('dark').has(name), name)
})

test('the files of pages are served with their type, to be kept for a while', async (t) => {
  const app = Fastify()
  t.after(() => app.close())
  serveAssets(app)
  const files = [
    ['look.css', 'text/css'],
    ['elements.css', 'text/css'],
    ['sallyport.css', 'text/css'],
    ['submit.js', 'text/javascript'],
    ['mark.svg', 'image/svg+xml'],
  ] as const
  for (const [name, type] of files) {
    const { statusCode, headers } = await app.inject(`/assets/${name}`)
    assert.deepEqual([statusCode, String(headers['content-type']).split(';')[0]], [200, type])
    assert.match(String(headers['cache-control']), /^public, max-age=\d+$/)
  }
})
