// Numbers that look random and are the same for the same seed, on every system.

export type Chance = {
  /** A whole number from 0 to `limit` - 1. */
  readonly below: (limit: number) => number
  /** True once in `times`. */
  readonly oneIn: (times: number) => boolean
  readonly pick: <T>(list: readonly T[]) => T
}

/** `path`: which document of which test, so that each can be made again by itself. */
export function chanceOf(seed: number, ...path: readonly number[]): Chance {
  let [a, b, c, d] = [seed, 0x9e3779b9, 0x243f6a88, 1]
  // sfc32, by Chris Doty-Humphrey (PractRand).
  const next = (): number => {
    const sum = (a + b + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (const step of path) {
    a ^= step
    for (let i = 0; i < 12; i++) next()
  }
  for (let i = 0; i < 12; i++) next()
  const below = (limit: number): number => next() % limit
  return { below, oneIn: (times) => below(times) === 0, pick: (list) => list[below(list.length)] as never }
}
