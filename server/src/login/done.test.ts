import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { resolveDone } from '#companies/targets.ts'
import { checkDone, destinationOf } from '#login/done.ts'
import { placeOf, publicUrl, testWorld } from '#login/test-place.ts'

const targets = {
  base: 'https://apps.example/networking/',
  origins: ['https://apps.example', 'https://desk.example:8443'],
}
const landing = 'https://sso.example/acme/production'
const allowed = [...targets.origins, 'https://sso.example']

const resolve = (done: string | undefined): string | undefined => resolveDone(done, targets, landing)

const led: readonly (readonly [requirement: string, done: string | undefined, url: string])[] = [
  [
    'the old UI’s form: relative to the base, the fragment kept',
    'servicedesk/index.jsp#_a87199395ac14d01b3402a7915c0ff78/245418134',
    'https://apps.example/networking/servicedesk/index.jsp#_a87199395ac14d01b3402a7915c0ff78/245418134',
  ],
  [
    'the new UI’s form: absolute',
    'https://apps.example/agileapps/records/detail/cases/558782450',
    'https://apps.example/agileapps/records/detail/cases/558782450',
  ],
  ['no done leads to the landing page', undefined, landing],
  ['an empty done is none', '', landing],
  ['a query and a fragment', 'a?b=c&d=%2F#e?f#g', 'https://apps.example/networking/a?b=c&d=%2F#e?f#g'],
  ['a fragment alone', '#here', 'https://apps.example/networking/#here'],
  ['from the root of the origin', '/other/page', 'https://apps.example/other/page'],
  ['out of the path of the base, within its origin', '../../../other', 'https://apps.example/other'],
  ['a second target, with its port', 'https://desk.example:8443/x', 'https://desk.example:8443/x'],
  ['the service itself, which is the landing page’s origin', 'https://sso.example/x', 'https://sso.example/x'],
  ['upper case in scheme and host', 'HTTPS://APPS.EXAMPLE/X', 'https://apps.example/X'],
  ['the default port written out', 'https://apps.example:0443/', 'https://apps.example/'],
  ['without a scheme, an allowed host', '//apps.example/x', 'https://apps.example/x'],
  [
    'the scheme of the base without slashes is relative',
    'https:evil.example',
    'https://apps.example/networking/evil.example',
  ],
  ['other letters that mean the same host', 'https://ａｐｐｓ．example/', 'https://apps.example/'],
  [
    'foreign addresses in query and fragment',
    'x?//evil.example#https://evil.example',
    'https://apps.example/networking/x?//evil.example#https://evil.example',
  ],
  [
    'a backslash after an allowed host begins the path',
    'https://apps.example\\@evil.example',
    'https://apps.example/@evil.example',
  ],
  [
    'line breaks vanish, so they cannot end a header',
    'a/b\r\nSet-Cookie: c\td',
    'https://apps.example/networking/a/bSet-Cookie:%20cd',
  ],
  ['2048 characters', 'a'.repeat(2048), `https://apps.example/networking/${'a'.repeat(2048)}`],
]

for (const [requirement, done, url] of led) {
  test(`done leads on (The Platform Authentication Service URL): ${requirement}`, () => {
    assert.equal(resolve(done), url)
  })
}

const refused: Readonly<Record<string, readonly string[]>> = {
  'another host without a scheme': ['//evil.example', '///evil.example', '////evil.example', '//evil.example/%2e%2e'],
  'backslashes for slashes': [
    '/\\evil.example',
    '\\\\evil.example',
    '\\/evil.example',
    'https:\\\\evil.example',
    '/\\/evil.example',
  ],
  'another scheme': [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'about:blank',
    'mailto:eve@evil.example',
    'ws://apps.example/',
    'http:evil.example',
    'http://apps.example/',
  ],
  'a scheme that borrows the origin of a target (URL Standard 4.7)': [
    'blob:https://apps.example/x',
    'filesystem:https://apps.example/x',
    'view-source:https://apps.example/',
  ],
  'tabs, line breaks and spaces inside': [
    '/\t/evil.example',
    '/\r\n/evil.example',
    ' //evil.example',
    'java\nscript:alert(1)',
    '\tjavascript:alert(1)',
    'ht\ntps://evil.example',
    '\u0001javascript:alert(1)',
  ],
  'a user name before the host': [
    'https://apps.example@evil.example/',
    'https://apps.example:443@evil.example',
    'https://apps.example%2f@evil.example',
    '//apps.example@evil.example',
  ],
  'a user name or password at a target': [
    'https://eve@apps.example/',
    'https://:secret@apps.example/',
    '//eve:x@apps.example',
  ],
  'another port': [
    'https://apps.example:8443/',
    'https://desk.example/',
    'https://apps.example:80/',
    'https://apps.example:99999/',
  ],
  'a target’s name within another name': [
    'https://apps.example.evil.example/',
    'https://evilapps.example/',
    'https://apps.example%2eevil.example/',
    'https://evil.example/apps.example',
    'https://evil.example#@apps.example',
    'https://evil.example?https://apps.example/',
  ],
  'a sub-domain, a parent, a dot at the end': ['https://x.apps.example/', 'https://example/', 'https://apps.example./'],
  'letters that look alike': [
    'https://аpps.example/',
    'https://xn--pps-5cd.example/',
    'https://apps.exаmple/',
    'https://apps。evil.example/',
  ],
  'slashes too few or too many': ['https:///evil.example', 'https:////evil.example', 'HTTPS:/\\evil.example'],
  'addresses instead of names': ['https://127.0.0.1/', 'https://[::1]/', 'https://2130706433/'],
  'what is no URL at all': ['https://', 'https://[', 'https://apps.example:x/', 'https://%00/', '//'],
  'NUL, which no database keeps': ['page\0', '\0', 'https://apps.example/\0', 'https://apps.example\0.evil.example/'],
  'more than 2048 characters': ['a'.repeat(2049), `https://apps.example/${'a'.repeat(2048)}`],
}

for (const [requirement, texts] of Object.entries(refused)) {
  test(`done is refused where it leads elsewhere: ${requirement}`, () => {
    for (const done of texts) assert.equal(resolve(done), undefined, JSON.stringify(done))
  })
}

test('whatever the text, it leads nowhere or to an allowed origin, as a browser reads it', () => {
  const pieces = [
    'https:',
    'http:',
    '/',
    '//',
    '\\',
    '@',
    ':',
    '.',
    '?',
    '#',
    '%',
    '%2f',
    '%5c',
    '\t',
    '\n',
    '\r',
    ' ',
    '\0',
  ]
  const names = [
    'apps.example',
    'evil.example',
    'sso.example',
    'desk.example:8443',
    'javascript:',
    'data:',
    'blob:',
    '127.0.0.1',
    'а',
    '。',
  ]
  const made = fc.array(fc.constantFrom(...pieces, ...names), { maxLength: 12 }).map((parts) => parts.join(''))
  const text = fc.oneof(
    made,
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.tuple(made, fc.string()).map((parts) => parts.join('')),
  )
  let led = 0
  fc.assert(
    fc.property(text, (done) => {
      const url = resolve(done)
      if (url === undefined) return
      led++
      const read = new URL(url)
      assert.ok(allowed.includes(read.origin) && read.protocol === 'https:', url)
      assert.equal(read.href, url, 'read again it is the same')
      assert.match(url, /^[\x21-\x7e]+$/, 'it can stand in a header')
      assert.equal(read.username + read.password, '')
    }),
    { seed: 20260301, numRuns: 5000 },
  )
  assert.ok(led > 250, `only ${led} led anywhere: the property looked at nothing`)
})

test('an http base reads https:host as another origin, not as a path', () => {
  const local = { base: 'http://localhost:3000/', origins: ['http://localhost:3000'] }
  assert.equal(resolveDone('https:evil.example', local, 'http://localhost:3000/acme/production'), undefined)
})

const place = placeOf(testWorld())

test('the check says what was expected and shows what came in a form that breaks no line', () => {
  const check = checkDone(place, `https://evil.example/\n${'x'.repeat(500)}`, publicUrl)
  assert.equal(check.outcome, 'failed')
  assert.match(check.expected ?? '', /https:\/\/apps\.example\/networking\//)
  assert.match(check.received ?? '', /^"https:\/\/evil\.example\/\\nx{100,200}"$/)
})

test('a target that was taken from the list meanwhile: the landing page instead', () => {
  assert.equal(destinationOf(place, 'https://gone.example/x', publicUrl), `${publicUrl}/acme/production`)
  assert.equal(destinationOf(place, 'x', publicUrl), 'https://apps.example/networking/x')
})
