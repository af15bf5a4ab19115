// The thread that reads one key file; see read-key-file-apart.ts.

import { parentPort, workerData } from 'node:worker_threads'
import { type KeyFileToRead, readKeyFile } from '#keys/read-key-file.ts'
import { type KeyFault, KeyRefused } from '#keys/refusal.ts'

export type FileRead =
  | { readonly privateKeyPem: string; readonly certificatePem: string }
  | { readonly fault: KeyFault; readonly found: string }

function read({ file, now }: { readonly file: KeyFileToRead; readonly now: Date }): FileRead {
  try {
    const { privateKey, certificatePem } = readKeyFile(file, now)
    return { privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, certificatePem }
  } catch (error) {
    if (!(error instanceof KeyRefused)) throw error
    return { fault: error.fault, found: error.found }
  }
}

parentPort?.postMessage(read(workerData))
