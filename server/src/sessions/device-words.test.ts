import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { deviceInWords } from '#sessions/device-words.ts'

const apple = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const table: readonly (readonly [words: string, userAgent: string | undefined])[] = [
  ['Firefox on Windows', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:148.0) Gecko/20100101 Firefox/148.0'],
  ['Firefox on Linux', 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0'],
  [
    'Firefox on iPhone',
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) ${apple} FxiOS/140.0 Mobile/15E148 Safari/605.1.15`,
  ],
  [
    'Edge on macOS',
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Chrome/146.0.0.0 Safari/537.36 Edg/146.0.0.0`,
  ],
  [
    'Edge on Windows',
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763`,
  ],
  [
    'Edge on Android',
    `Mozilla/5.0 (Linux; Android 10; K) ${webkit} Chrome/146.0.0.0 Mobile Safari/537.36 EdgA/146.0.0.0`,
  ],
  ['Chrome on Windows', `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/146.0.0.0 Safari/537.36`],
  ['Chrome on Android', `Mozilla/5.0 (Linux; Android 10; K) ${webkit} Chrome/146.0.0.0 Mobile Safari/537.36`],
  ['Chrome on ChromeOS', `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/146.0.0.0 Safari/537.36`],
  [
    'Chrome on iPad',
    `Mozilla/5.0 (iPad; CPU OS 18_3 like Mac OS X) ${apple} CriOS/146.0.0.0 Mobile/15E148 Safari/604.1`,
  ],
  [
    'Safari on iPhone',
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) ${apple} Version/18.3 Mobile/15E148 Safari/604.1`,
  ],
  ['Safari on macOS', `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${apple} Version/18.3 Safari/605.1.15`],
  [
    'Opera on Windows',
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/146.0.0.0 Safari/537.36 OPR/130.0.0.0`,
  ],
  [
    'Samsung Internet on Android',
    `Mozilla/5.0 (Linux; Android 10; K) ${webkit} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`,
  ],
  ['Internet Explorer on Windows', 'Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko'],
  ['Internet Explorer on Windows', 'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)'],
  ['a browser on Windows', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)'],
  ['a browser', 'Mozilla/5.0'],
  ['a program (curl)', 'curl/8.12.1'],
  ['a program (python-requests)', 'python-requests/2.32.3'],
  ['a program (PostmanRuntime)', 'PostmanRuntime/7.43.0'],
  ['a program (Googlebot)', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
  ['a program', '<script>alert(1)</script>'],
  ['a program', `${'a'.repeat(41)}/1.0`],
  ['an unknown device', undefined],
  ['an unknown device', ''],
  ['an unknown device', '   '],
]

test('a User-Agent in words', async (t) => {
  for (const [words, userAgent] of table) {
    await t.test(`${words}: ${userAgent?.slice(0, 60)}`, () => assert.equal(deviceInWords(userAgent), words))
  }
})

test('whatever is sent, the words are short, and harmless wherever they are shown', () => {
  const parts = fc.constantFrom(...table.map(([, userAgent]) => userAgent ?? ''), '(compatible; ', 'Edg/', ' on ')
  const hostile = fc.array(fc.oneof(fc.string({ unit: 'binary' }), parts)).map((all) => all.join(''))
  fc.assert(
    fc.property(hostile, (userAgent) => {
      assert.match(deviceInWords(userAgent), /^[A-Za-z][A-Za-z0-9 ()._-]{2,59}$/)
    }),
  )
  assert.ok(deviceInWords('(compatible; '.repeat(100_000)).length <= 60)
})
