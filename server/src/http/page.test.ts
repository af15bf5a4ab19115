import assert from 'node:assert/strict'
import { test } from 'node:test'
import { html } from '#http/html.ts'
import { page } from '#http/page.ts'

test('every page names its language, its title and its owner, and has one heading', () => {
  const text = page({ title: 'A & B', owner: 'Acme <Ltd>', body: html`<p>Text</p>` })
  assert.match(text, /^<!doctype html>\n<html lang="en">/)
  assert.match(text, /<title>A &amp; B – Acme &lt;Ltd&gt;<\/title>/)
  assert.match(text, /<header>.*<span>Acme &lt;Ltd&gt;<\/span><\/header>/)
  assert.deepEqual(text.match(/<h1>.*<\/h1>/g), ['<h1>A &amp; B</h1>'])
  assert.match(text, /<meta name="viewport" content="width=device-width, initial-scale=1">/)
  assert.match(text, /<meta name="robots" content="noindex">/)
})

test('without an owner it is Sallyport’s; a script is one of ours, and runs after the page is read', () => {
  assert.match(page({ title: 'T', body: html`` }), /<title>T – Sallyport<\/title>/)
  assert.doesNotMatch(page({ title: 'T', body: html`` }), /<script/)
  assert.match(
    page({ title: 'T', body: html``, script: '/assets/submit.js' }),
    /<script src="\/assets\/submit.js" defer><\/script>/,
  )
})

test('nothing on a page is inline or from elsewhere, as its content security policy says', () => {
  const text = page({ title: 'T', body: html`<p>Text</p>`, script: '/assets/submit.js' })
  assert.doesNotMatch(text, /<style|style=|\son\w+=|javascript:|https?:/)
  assert.doesNotMatch(text, /<script(?! src="\/assets\/)/)
})
