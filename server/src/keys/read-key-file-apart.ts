import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { FileRead } from '#keys/key-file-worker.ts'
import type { KeyPair } from '#keys/make-key-pair.ts'
import type { KeyFileToRead } from '#keys/read-key-file.ts'
import { KeyRefused } from '#keys/refusal.ts'

const MEMORY_MB = 256

let last: Promise<unknown> = Promise.resolve()

/**
 * Like `readKeyFile`, in a thread of its own: a file may demand seconds of key derivation, in which the service is to go on
 * answering everybody else. One file after the other, so that nobody takes all processors by sending many.
 *
 * @throws KeyRefused
 */
export async function readKeyFileApart(file: KeyFileToRead, now: Date): Promise<KeyPair> {
  const reading = last.then(() => readInThread(file, now))
  last = reading.catch(() => {})
  const read = await reading
  if ('fault' in read) throw new KeyRefused(read.fault, read.found)
  return { privateKey: createPrivateKey(read.privateKeyPem), certificatePem: read.certificatePem }
}

async function readInThread(file: KeyFileToRead, now: Date): Promise<FileRead> {
  const worker = new Worker(new URL('./key-file-worker.ts', import.meta.url), {
    workerData: { file, now },
    // It needs nothing of what the process was started with.
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  })
  try {
    const [read] = (await once(worker, 'message')) as [FileRead]
    return read
  } finally {
    await worker.terminate()
  }
}
