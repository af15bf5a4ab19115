import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FastifyRequest } from 'fastify'
import { isForeignForm } from '#http/foreign-form.ts'

const publicUrl = 'https://sso.example'

const rows: readonly (readonly [what: string, headers: Readonly<Record<string, string>>, foreign: boolean])[] = [
  ['a page of ours', { 'sec-fetch-site': 'same-origin', origin: publicUrl }, false],
  ['typed in by the person', { 'sec-fetch-site': 'none' }, false],
  ['another site', { 'sec-fetch-site': 'cross-site', origin: publicUrl }, true],
  ['another host of the same site', { 'sec-fetch-site': 'same-site', origin: publicUrl }, true],
  ['a value of no known meaning', { 'sec-fetch-site': 'else' }, true],
  ['a browser without Sec-Fetch-Site, a page of ours', { origin: publicUrl }, false],
  ['a browser without Sec-Fetch-Site, another origin', { origin: 'https://evil.example' }, true],
  ['a sandboxed frame', { origin: 'null' }, true],
  ['neither header, which no browser of today sends with a form', {}, false],
]

for (const [what, headers, foreign] of rows) {
  test(`${what}: ${foreign ? 'foreign' : 'ours'}`, () => {
    assert.equal(isForeignForm({ headers } as unknown as FastifyRequest, publicUrl), foreign)
  })
}
