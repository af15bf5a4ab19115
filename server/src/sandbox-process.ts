import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { CliWorld } from '#cli-world.ts'

/** The sandbox is a workspace that knows nothing of the service, so it runs as a process of its own. */
export async function runSandbox({ node, env, onStop }: Pick<CliWorld, 'node' | 'env' | 'onStop'>): Promise<number> {
  const main = fileURLToPath(new URL('../../sandbox/src/main.ts', import.meta.url))
  const child = spawn(node, [main], { stdio: 'inherit', env: { ...env } })
  onStop(() => child.kill('SIGTERM'))
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 0
}
