// What takes part in the comparison, and the proof that it may: it accepts what is sound and refuses what was changed.

import type { Message } from './corpus.ts'

/** Checks one message from the text of the form field; throws, or returns a promise that is rejected, to refuse it. */
export type CheckField = (field: string) => unknown

export type Contender = {
  readonly name: string
  /** Messages of one kind in one round: few where each takes milliseconds. */
  readonly batch: number
  /** What is read before and after a message, in microseconds: `wallClock`, or `processorClock` for what takes milliseconds. */
  readonly clock: () => number
  /** It was given the signed bytes beforehand, so that a changed field would say nothing about it. */
  readonly knowsTheMessage?: true
  /** Undefined where this kind is nothing it can do. What can be made once for many messages is made here. */
  readonly prepare: (message: Message) => CheckField | undefined
}

export function wallClock(): number {
  return performance.now() * 1000
}

/**
 * The time that this process had a processor. A message that takes milliseconds hardly ever gets through in one go where
 * other programs run, so its time on the wall is theirs as well; reading this clock is too slow for those of microseconds.
 */
export function processorClock(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

export type Entry = { readonly contender: Contender; readonly message: Message; readonly check: CheckField }

/** Prepares the contender for each message and throws where it accepts a changed one or refuses a sound one. */
export async function enter(contender: Contender, messages: readonly Message[]): Promise<Entry[]> {
  const entries: Entry[] = []
  for (const message of messages) {
    const check = contender.prepare(message)
    if (check === undefined) continue
    const refusal = await refusalOf(check, message.field)
    if (refusal !== undefined) {
      throw new Error(`${contender.name} refuses kind ${message.kind}`, { cause: refusal })
    }
    if (contender.knowsTheMessage !== true && (await refusalOf(check, message.changedField)) === undefined) {
      throw new Error(`${contender.name} accepts kind ${message.kind} although it was changed`)
    }
    entries.push({ contender, message, check })
  }
  return entries
}

async function refusalOf(check: CheckField, field: string): Promise<unknown> {
  try {
    await check(field)
    return undefined
  } catch (error) {
    return error ?? new Error('refused without a reason')
  }
}
