// How much is tried: what fits into `npm test`, or what `npm run test:long` has time for; and the seed that it starts from.

/** `npm run test:long` sets it. */
export const long = process.env.SALLYPORT_LONG === '1'

/** Another seed tries other documents; the one that was used stands in the output of every test. */
export const seed = Number(process.env.SALLYPORT_SEED ?? 20260301) >>> 0

export function size(short: number, large: number): number {
  return long ? large : short
}
