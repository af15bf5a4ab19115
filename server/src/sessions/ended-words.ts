// What somebody is told who has just ended sessions of their own.

import { z } from 'zod'

/** How many sessions, how many of them an identity provider opened, and of how many it is told. */
export type EndedCount = { readonly sessions: number; readonly ofProvider: number; readonly told: number }

const count = z.coerce.number().int().min(0).max(1_000_000)
const query = z.object({ ended: count.min(1), 'of-provider': count.catch(0), told: count.catch(0) })

/** Goes along to the page that says it. */
export function endedQuery({ sessions, ofProvider, told }: EndedCount): string {
  return new URLSearchParams({
    ended: String(sessions),
    'of-provider': String(ofProvider),
    told: String(told),
  }).toString()
}

export function readEndedQuery(unverified: unknown): EndedCount | undefined {
  const read = query.safeParse(unverified)
  if (!read.success) return undefined
  const { ended: sessions, 'of-provider': ofProvider, told } = read.data
  return told <= ofProvider && ofProvider <= sessions ? { sessions, ofProvider, told } : undefined
}

/** `1 session was ended.`, and whether the identity provider hears of it. */
export function endedInWords(ended: EndedCount): string {
  const { sessions } = ended
  return `${sessions === 1 ? '1 session was' : `${sessions} sessions were`} ended. ${toldInWords(ended)}`.trim()
}

/** Nothing, where there is no identity provider. */
export function toldInWords({ sessions, ofProvider, told }: EndedCount): string {
  if (ofProvider === 0) return ''
  if (told === 0) return 'Your company’s sign-in page is not told, and may still know you.'
  if (told === sessions) return 'Your company’s sign-in page is told, so that you are logged out there, too.'
  return `Your company’s sign-in page is told of ${told} of them.`
}
