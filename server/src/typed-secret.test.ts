import assert from 'node:assert/strict'
import { PassThrough, Readable } from 'node:stream'
import { test } from 'node:test'
import { readTypedSecret } from '#typed-secret.ts'

/** A terminal at which these keys are pressed, one part at each question. */
async function typed(...parts: readonly string[]) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (raw: boolean) => void modes.push(raw) })
  const modes: boolean[] = []
  const shown: string[] = []
  const left = [...parts]
  const write = (text: string): boolean => {
    shown.push(text)
    if (text.endsWith(': ')) input.write(left.shift() ?? '\u0004')
    return true
  }
  const secret = await readTypedSecret({ input, output: { write } as never }, 'Password')
  return { secret, shown: shown.join(''), raw: modes.at(-1) }
}

test('typed twice, shown never; the terminal is left as it was', async () => {
  const { secret, shown, raw } = await typed('horsx\u007fe\r', 'xx\u0015horse\n')
  assert.deepEqual([secret, shown, raw], ['horse', 'Password: \nPassword, once more: \n', false])
})

test('typed differently, or not at all, is nothing', async () => {
  assert.equal((await typed('horse\r', 'house\r')).secret, undefined)
  assert.equal((await typed('hor\u0003')).secret, undefined)
  assert.equal((await typed('\r')).secret, undefined)
})

test('piped in: the text without the line break at its end', async () => {
  const piped = (...parts: string[]) =>
    readTypedSecret({ input: Readable.from(parts), output: new PassThrough() }, 'Password')
  assert.equal(await piped('correct ', 'horse\n'), 'correct horse')
  assert.equal(await piped('with blanks \r\n'), 'with blanks ')
  assert.equal(await piped('\n'), undefined)
  assert.equal(await piped(), undefined)
  assert.equal(await piped('x'.repeat(20_000)), undefined)
})
