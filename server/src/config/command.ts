import type { World } from '#config/world.ts'

/** What stands behind the words of a command, as node:util's parseArgs reads it. */
export type CommandArguments = {
  readonly positionals: readonly string[]
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
}

/** The world of a command: where its lines go, and what time it is. */
export type CommandWorld = {
  readonly world: World
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  /** Where somebody watches: shows a text in the place of the last one. An empty one takes it away. */
  readonly status?: ((text: string) => void) | undefined
}
