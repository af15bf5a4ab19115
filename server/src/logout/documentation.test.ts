import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type CheckCode, explanations } from '@sallyport/saml'
import { parse } from 'yaml'
import { connectionSettings } from '#connections/settings.ts'
import { OutgoingError, type OutgoingErrorCode } from '#http/outgoing.ts'
import { backoffMs, GIVE_UP_AFTER_MS } from '#logout/backoff.ts'
import { clientLogoutWords } from '#logout/client-logout.ts'
import { logoutStates } from '#logout/ledger.ts'
import { ANSWER_WITHIN_MS, REQUEST_LIFETIME_MS } from '#logout/logout.ts'
import { attemptDetails } from '#logout/logouts.ts'
import { type Elsewhere, loggedOutPage } from '#logout/pages.ts'
import { type Telling, tellingOf } from '#logout/telling.ts'
import {
  clientCures,
  detailsFor,
  detailsOf,
  detailsOfOutgoing,
  ended,
  logoutWords,
  messageWords,
  outgoingCures,
} from '#logout/words.ts'
import { type EndedWhy, endings } from '#sessions/ends.ts'

const document = readFileSync(new URL('../../../docs/single-logout.md', import.meta.url), 'utf8')

function section(heading: string): string {
  const found = document.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`))
  assert.ok(found, `there is no heading ${heading}`)
  return found
}

/** The rows of the table under a heading, cell by cell, without its head. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const lines = section(heading).matchAll(/^\| (.+) \|$/gm)
  const rows = [...lines].map(([, cells = '']) => cells.split(' | ').map((cell) => cell.replace(/^`(.*)`$/, '$1')))
  const rule = rows.findIndex((cells) => cells.every((cell) => /^-+$/.test(cell)))
  return rows.slice(rule + 1)
}

const settings: Readonly<Record<string, object>> = {
  off: { enabled: false },
  'front channel': { enabled: true, method: 'front-channel' },
  'back channel': { enabled: true, method: 'back-channel' },
}
const columns: readonly (readonly EndedWhy[])[] = [
  ['logged-out'],
  ['ended-by-person', 'ended-by-administrator'],
  ['limit'],
  // Logout All of a person, and of an Environment.
  ['ended-by-person', 'ended-by-administrator'],
  ['deactivated', 'removed'],
]
const cells: Readonly<Record<string, Telling>> = {
  here: 'nobody',
  'both, browser': 'by-browser',
  'both, SOAP': 'by-soap',
}

function tellings(setting: string, whys: readonly EndedWhy[]): readonly Telling[] {
  const singleLogout = connectionSettings.shape.singleLogout.parse({ url: 'https://x.example', ...settings[setting] })
  return whys.map((why) => tellingOf(singleLogout, why))
}

test('the table of settings and limits is as telling.ts has it, all six rows of it', () => {
  const rows = rowsOf('What ends when')
  assert.deepEqual(
    rows.map(([setting, limit]) => `${setting}, ${limit}`).toSorted(),
    ['off', 'front channel', 'back channel'].flatMap((setting) => [`${setting}, off`, `${setting}, on`]).toSorted(),
  )
  for (const [setting = '', limit, ...told] of rows) {
    const theirs = told.pop()
    assert.equal(theirs, setting === 'off' ? 'there' : 'both', 'logged out at the identity provider')
    assert.equal(told.length, columns.length)
    for (const [index, whys] of columns.entries()) {
      const cell = told[index] ?? ''
      if (limit === 'off' && whys[0] === 'limit') assert.equal(cell, '–')
      else for (const telling of tellings(setting, whys)) assert.equal(cells[cell], telling, `${setting}: ${whys}`)
    }
  }
  const others = endings.filter((why) => !columns.flat().includes(why))
  for (const setting of Object.keys(settings)) {
    assert.deepEqual([...new Set(tellings(setting, others))], ['nobody'], 'no other end is told')
  }
})

/** What the page says without its title, button and reference; and whether it has a reference. */
function page(elsewhere: Elsewhere): { readonly text: string; readonly reference: boolean } {
  const { body } = loggedOutPage('Acme', { elsewhere, landingUrl: 'https://x.example', reference: 'logout_x' })
  const [, said = ''] = /^(.*)<p class="actions">/s.exec(`${body}`) ?? []
  const text = said.replaceAll(/<[^>]+>/g, '').replaceAll(/\s+/g, ' ')
  return { text: text.trim(), reference: `${body}`.includes('logout_x') }
}

test('every state is documented with what the page says to the person, and no other', () => {
  const rows = rowsOf('What people see')
  assert.deepEqual(rows.map(([state]) => state).toSorted(), [...logoutStates, 'not-told'].toSorted())
  for (const [state, , told] of rows) assert.equal(told, page(state as Elsewhere).text, `${state}`)
  const [, named = ''] = /With\s+(.*?)\s+it shows a reference/s.exec(section('What people see')) ?? []
  assert.deepEqual(
    [...named.matchAll(/`([\w-]+)`/g)].map(([, state]) => state).toSorted(),
    rows.flatMap(([state]) => (page(state as Elsewhere).reference ? [state] : [])).toSorted(),
  )
})

const tables = {
  'What the identity provider is told': Object.entries(logoutWords['to-provider']),
  'What the identity provider asks for': Object.entries(logoutWords['from-provider']),
  'What clients are told': Object.entries(logoutWords['to-client']),
} as const

for (const [heading, words] of Object.entries(tables)) {
  test(`${heading}: every code of an attempt is documented with its sentence and its cure, and no other`, () => {
    assert.deepEqual(
      rowsOf(heading),
      words.map(([code, { sentence, cure }]) => [code, sentence, cure]),
    )
  })
}

test('every failure on the way to an identity provider is documented with its sentence and its cure, and no other', () => {
  const codes = Object.keys(outgoingCures).filter((code) => code !== 'stopped') as readonly OutgoingErrorCode[]
  const rows = codes.map((code) => {
    const { sentence, cure } = detailsOfOutgoing(new OutgoingError(code, 'https://x.example', '…'))
    return [
      code,
      sentence.replace('https://x.example could not be fetched: ', ''),
      cure?.replace(' It is tried again for 24 hours.', ''),
    ]
  })
  assert.deepEqual(rowsOf('On the way there'), rows)
})

test('every failure on the way to a client is documented with its cure, and no other', () => {
  const cures = Object.entries(clientCures).filter(([code]) => code !== 'stopped')
  assert.deepEqual(
    rowsOf('On the way to a client'),
    cures.map(([code, cure]) => [code, cure.replace(' It is tried again for 24 hours.', '')]),
  )
})

test('docs/oauth.md has every reason why an application’s logout cannot be done, and no other', () => {
  const oauth = readFileSync(new URL('../../../docs/oauth.md', import.meta.url), 'utf8')
  const rows = [...oauth.matchAll(/^\| `((?:hint|client|address)-[\w-]+)` \| (.+) \| (.+) \|$/gm)].map((row) =>
    row.slice(1),
  )
  assert.deepEqual(
    rows,
    Object.entries(clientLogoutWords).map(([code, { sentence, cure }]) => [code, sentence, cure]),
  )
})

test('the documented checks of a message say what the ledger says; those with words of their own are all there', () => {
  const rows = rowsOf('The message')
  for (const [code, ...words] of rows) {
    const { sentence, cure } = detailsOf({ code: code as CheckCode, outcome: 'failed', about: 'message' })
    assert.deepEqual(words, [sentence, cure], `${code}`)
  }
  const documented = rows.map(([code]) => code)
  for (const code of Object.keys(messageWords)) assert.ok(documented.includes(code), code)
})

test('every attempt but a success has a code, a sentence and a cure, none of them about signing in', () => {
  const checks = Object.keys(explanations).filter(
    (code) => !/^(metadata|assertion|conf|cond|audience|authn|session)/.test(code),
  )
  const all = [
    ...Object.keys(logoutWords['to-provider']).map((code) => detailsFor('to-provider', code as never)),
    ...Object.keys(logoutWords['from-provider']).map((code) => detailsFor('from-provider', code as never)),
    ...Object.keys(logoutWords['to-client']).map((code) => detailsFor('to-client', code as never)),
    ...Object.keys(messageWords).map((code) =>
      detailsOf({ code: code as CheckCode, outcome: 'failed', about: 'message' }),
    ),
    ...checks.map((code) => detailsOf({ code: code as CheckCode, outcome: 'failed', about: 'message' })),
    ...[outgoingCures, clientCures].flatMap((cures) =>
      Object.keys(cures).map((code) => detailsOfOutgoing(new OutgoingError(code as never, 'x', 'y'), cures)),
    ),
  ]
  for (const details of all) {
    assert.deepEqual(attemptDetails.parse(details), details)
    assert.ok(details.code !== undefined && details.cure !== undefined)
    assert.match(details.cure, /[.]$/, details.code)
  }
  assert.deepEqual(Object.keys(ended), ['sentence'])
  for (const { sentence, cure } of Object.values(messageWords)) {
    assert.doesNotMatch(`${sentence} ${cure}`, /sign in|signed in|Assertion Consumer Service/)
  }
})

test('the times of the page are those of the code', () => {
  const text = section('For the identity team')
  assert.equal(REQUEST_LIFETIME_MS, 5 * 60_000)
  assert.match(text, /five minutes after it was written/)
  assert.deepEqual(
    [backoffMs(1), backoffMs(2), backoffMs(99), GIVE_UP_AFTER_MS],
    [5000, 10_000, 600_000, 24 * 3_600_000],
  )
  assert.match(text, /after 5 seconds, and each time\s+twice as long after, up to 10 minutes, for 24 hours/)
  assert.equal(ANSWER_WITHIN_MS, 10 * 60_000)
  assert.match(section('What people see'), /within ten minutes/)
})

test('the examples of sallyport.yaml enable single logout with fields that there are', () => {
  const examples = [...document.matchAll(/```yaml\n(.+?)```/gs)].map(([, yaml = '']) => parse(yaml))
  const given = examples.map(({ companies: [company] }) => company.environments[0].connections[0].singleLogout)
  assert.deepEqual(
    given.map(({ method }) => method),
    ['front-channel', 'back-channel'],
  )
  for (const one of given) assert.equal(connectionSettings.shape.singleLogout.parse(one).enabled, true)
  const fields = rowsOf('What to enter').map(([, field]) => field?.replaceAll('`', ''))
  const known = Object.keys(connectionSettings.shape.singleLogout.unwrap().shape)
  assert.deepEqual(fields.toSorted(), known.map((field) => `singleLogout.${field}`).toSorted())
})
