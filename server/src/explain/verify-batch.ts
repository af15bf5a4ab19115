import { createReadStream } from 'node:fs'
import { rememberKeys } from '#explain/remembered-keys.ts'
import { verifyCase } from '#explain/verify-case.ts'

type Output = { readonly out: (line: string) => void; readonly err: (line: string) => void }

/**
 * Reads one case a line and prints one result a line, in order. A line that is no case has a result that says so; only
 * a file that cannot be read ends it early, with exit code 2.
 */
export async function verifyBatch(file: string, { out, err }: Output): Promise<number> {
  const input = createReadStream(file, 'utf8')
  const keys = rememberKeys()
  try {
    let number = 0
    for await (const line of linesOf(input)) {
      number++
      if (line.trim() !== '') out(JSON.stringify(verifyCase(line, number, keys)))
    }
    return 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    err(`${file} cannot be read: ${(error as Error).message}`)
    return 2
  } finally {
    input.destroy()
  }
}

/** A line feed ends a line and nothing else does: JSON may hold U+2028 as it is (RFC 8259 7), where readline would split. */
async function* linesOf(input: AsyncIterable<string>): AsyncGenerator<string> {
  let pieces: string[] = []
  for await (const chunk of input) {
    const [end = '', ...begun] = chunk.split('\n')
    pieces.push(end)
    for (const begin of begun) {
      yield pieces.join('')
      pieces = [begin]
    }
  }
  yield pieces.join('')
}
