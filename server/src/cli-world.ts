// What the command line receives from the process that runs it; main.ts makes it.

import type { World } from '#config/world.ts'

export type CliWorld = {
  readonly world: World
  readonly env: Readonly<Record<string, string | undefined>>
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  /** A line of the terminal that changes; undefined where nobody watches. */
  readonly status?: ((text: string) => void) | undefined
  /** The program that runs this, for the sandbox, which is a process of its own. */
  readonly node: string
  /** Asks for a secret without showing it, or takes what was piped in; undefined where none was given. */
  readonly readSecret: (prompt: string) => Promise<string | undefined>
  readonly onStop: (stop: () => void) => void
}
