// Reading a secret from whoever runs a command: typed without showing it, or piped in. Never an argument, which other
// people on the machine can see.

import type { Readable, Writable } from 'node:stream'

export type Terminal = {
  readonly input: Readable & { readonly isTTY?: boolean; readonly setRawMode?: (raw: boolean) => unknown }
  readonly output: Pick<Writable, 'write'>
}

/** More than this is no secret that somebody typed, but a file that was piped in by mistake. */
const MOST = 10_000

/** Undefined where nothing was given, too much, or what was typed the second time was another. */
export async function readTypedSecret({ input, output }: Terminal, prompt: string): Promise<string | undefined> {
  if (input.isTTY !== true) return readPiped(input)
  const first = await readLine(input, output, `${prompt}: `)
  const second = first && (await readLine(input, output, `${prompt}, once more: `))
  return first === second ? first : undefined
}

async function readPiped(input: Readable): Promise<string | undefined> {
  let text = ''
  input.setEncoding('utf8')
  for await (const part of input) {
    text += part
    if (text.length > MOST) return undefined
  }
  // The line break at the end is the shell's.
  return text.replace(/\r?\n$/, '') || undefined
}

/** In raw mode nothing is shown, and the keys that end or mend a line are ours to see to. */
function readLine(input: Terminal['input'], output: Terminal['output'], prompt: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let typed: string[] = []
    const end = (text: string | undefined): void => {
      input.off('data', take)
      input.setRawMode?.(false)
      input.pause()
      output.write('\n')
      resolve(text)
    }
    const take = (part: string): void => {
      for (const key of part) {
        // The line ends, or Ctrl-C or Ctrl-D ends everything.
        if ('\r\n\u0003\u0004'.includes(key)) {
          end(key === '\r' || key === '\n' ? typed.join('') || undefined : undefined)
          return
        }
        if (key === '\u007f' || key === '\b') typed.pop()
        else if (key === '\u0015') typed = []
        else typed.push(key)
      }
    }
    input.setEncoding('utf8')
    input.setRawMode?.(true)
    output.write(prompt)
    input.on('data', take)
    input.resume()
  })
}
