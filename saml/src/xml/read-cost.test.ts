// What a hostile document costs: nothing that fits into the limit takes the reader long.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultLimits } from './limits.ts'
import { readXml } from './read.ts'
import { XmlError } from './xml-error.ts'

// As many units between head and tail as the limit allows.
function fill(head: string, unit: string, tail = ''): string {
  return head + unit.repeat(Math.floor((defaultLimits.bytes - head.length - tail.length) / unit.length)) + tail
}

function numbered(count: number, write: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => write(index)).join('')
}

const widest = numbered(64, (i) => ` b${i}=""`)
const declarations = numbered(64, (i) => ` xmlns:b${i}="a:"`)

const shapes: readonly (readonly [string, string])[] = [
  ['<', fill('', '<')],
  ['&', fill('<a>', '&', '</a>')],
  ['references', fill('<a>', '&lt;', '</a>')],
  ['references in an attribute', fill('<a b="', '&lt;', '"/>')],
  ['comments', fill('<a>', '<!---->', '</a>')],
  ['comments that do not begin', fill('<a>', '<!-')],
  ['a comment that does not end', fill('<a><!--', '-> ')],
  ['CDATA sections', fill('<a>', '<![CDATA[]]>', '</a>')],
  ['CDATA sections of text, joined', fill('<a>', '<![CDATA[x]]>', '</a>')],
  ['a CDATA section that does not end', fill('<a>', '<![CDATA[')],
  ['] in text', fill('<a>', ']', '</a>')],
  ['elements that do not end, as deep as may be', fill('', '<a>')],
  ['tags that do not end', fill('', '<a ')],
  ['end tags that do not end', fill('<a>', '</a')],
  ['empty elements', fill('<a>', '<b/>', '</a>')],
  ['attributes of one element', `<a${numbered(24_000, (i) => ` b${i}=""`)}/>`],
  ['elements with as many attributes as may be', fill('<a>', `<a${widest}/>`, '</a>')],
  ['quotation marks', fill('<a b=', '"')],
  ['an attribute that does not end', fill('<a b="', "'")],
  ['white space in a tag', fill('<a', ' ', '/>')],
  ['white space in an end tag', fill('<a></a', ' ')],
  ['white space in the declaration', fill('<?xml version="1.0"', ' ', 'x?><a/>')],
  ['declarations that do not end', fill('<?xml version="1.0" ', '?')],
  ['white space around', fill('', ' \n', '<a/>')],
  ['carriage returns', fill('<a>', '\r', '</a>')],
  ['one long name', fill('<', 'a', '/>')],
  ['namespace declarations beside each other', fill('<a>', '<a xmlns="urn:x"/>', '</a>')],
  ['namespace declarations of one element', `<a${numbered(15_000, (i) => ` xmlns:b${i}="a:"`)}/>`],
  ['names to look up among many declarations', fill(`<a${declarations}>`, '<a/>', '</a>')],
]

for (const [shape, source] of shapes) {
  test(`Sallyport: 256 KiB of ${shape} take no long time`, () => {
    assert.ok(source.length > 200 * 1024 && source.length <= defaultLimits.bytes, `${source.length}`)
    const start = performance.now()
    for (const input of [source, Buffer.from(source)]) {
      try {
        readXml(input)
      } catch (error) {
        assert.ok(error instanceof XmlError)
      }
    }
    // Some milliseconds where the time grows with the length, a minute where it grows with its square.
    assert.ok(performance.now() - start < 2000)
  })
}
