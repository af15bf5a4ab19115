import { type ConnectionInPlace, findConnectionByTicket } from '#connections/connections.ts'
import { ticket as ticketForm } from '#connections/settings.ts'
import type { LoginContext } from '#login/login.ts'
import { SigninRefused } from '#login/signin-refused.ts'
import { newReference } from '#signin-records/reference.ts'

/**
 * The connection that a ticket names, with its Environment. A ticket that names none belongs to no Environment, so
 * there is no record to write: the reference stands in the log alone.
 */
export async function findPlace(ctx: LoginContext, ticket: string | undefined): Promise<ConnectionInPlace> {
  const readable = ticketForm.safeParse(ticket).data
  const place = readable === undefined ? undefined : await findConnectionByTicket(ctx.db.read, readable)
  if (place !== undefined) return place
  const received = ticket === undefined ? 'none, or several' : JSON.stringify(ticket.slice(0, 64))
  throw new SigninRefused({
    checks: [{ code: 'ticket', outcome: 'failed', about: 'message', expected: 'the ticket of a connection', received }],
    reference: newReference(ctx.world.chance),
  })
}
