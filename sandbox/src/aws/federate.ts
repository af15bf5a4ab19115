/**
 * Whether a role may be a user of an Amazon Connect instance, and where AWS then leads. Pure.
 */
import { demo } from '../demo.ts'
import type { ConsoleSession } from './judge.ts'
import { isAllowed } from './policies.ts'

export type FederationAsked = { readonly region: string; readonly instanceId: string }

/** GetFederationToken of the one instance that there is. */
export function mayFederate({ role, sessionName }: ConsoleSession, { region, instanceId }: FederationAsked): boolean {
  const { aws } = demo
  // A federated session's user id: the role's own id, and the name of the session.
  const userId = `AROA${aws.accountId}:${sessionName}`
  return (
    region === aws.region &&
    instanceId === aws.instanceId &&
    isAllowed(role.permissions, {
      action: 'connect:GetFederationToken',
      resource: `arn:aws:connect:${region}:${aws.accountId}:instance/${instanceId}/user/${userId}`,
      context: { 'aws:userid': userId, 'connect:instanceid': instanceId },
    })
  )
}

/** A destination is a path of the instance; anything else leads to its home page. */
export function pathOf(destination: string | null): string {
  const base = 'http://instance.invalid'
  const url = destination !== null && URL.canParse(destination, base) ? new URL(destination, base) : undefined
  return url === undefined || url.origin !== base || !destination?.startsWith('/')
    ? '/connect/home'
    : url.pathname + url.search
}
