import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { connectWarningCodes } from '#connect/read-instance.ts'

const page = readFileSync(new URL('../../../docs/amazon-connect.md', import.meta.url), 'utf8')

/** The first cells of the table under a heading. */
function firstCells(heading: string): readonly string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))
  assert.ok(section, `there is no heading ${heading}`)
  return [...section.matchAll(/^\| `([^`]+)` \| \S.*\| \S.*\|$/gm)].map(([, cell = '']) => cell)
}

test('every warning is documented with its cure, and no other', () => {
  assert.deepEqual(firstCells('Warnings'), connectWarningCodes)
})

test('the labels of the three settings are those of the Amazon Connect Integration page', () => {
  for (const label of [
    'Amazon Connect Single Sign-On Behavior enabled',
    'Amazon Connect Single Sign-On URL',
    'Auto-Close Amazon Connect Window during Sign-On',
  ])
    assert.ok(page.includes(`| ${label} |`), label)
})
