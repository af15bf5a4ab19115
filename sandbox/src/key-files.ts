/** Keeps the sandbox's key pair between starts, so that whoever imported its metadata need not do it again. */
import { createPrivateKey } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSandboxKey, type SandboxKey } from './key.ts'
import type { Chance, Clock } from './world.ts'

/** Reads `key.pem` and `certificate.pem` of the folder, or makes them. */
export async function keyIn(
  folder: string,
  world: { readonly clock: Clock; readonly chance: Chance },
): Promise<SandboxKey> {
  const keyFile = join(folder, 'key.pem')
  const certificateFile = join(folder, 'certificate.pem')
  const [keyPem, certificatePem] = await Promise.all([readIfThere(keyFile), readIfThere(certificateFile)])
  if (keyPem !== undefined && certificatePem !== undefined) {
    return { key: createPrivateKey(keyPem), keyPem, certificatePem }
  }
  const made = await createSandboxKey(world)
  await mkdir(folder, { recursive: true })
  await writeFile(keyFile, made.keyPem, { mode: 0o600 })
  await writeFile(certificateFile, made.certificatePem)
  return made
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
