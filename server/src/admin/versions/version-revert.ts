// Bringing back a state that was. It goes through the same rules as any change, and becomes a version of its own.

import { z } from 'zod'
import { allowedAddresses } from '#access/addresses.ts'
import { findPolicy, policyModes } from '#access/policies.ts'
import { addPolicy, changeAddresses, changePolicy } from '#admin/access/access-changes.ts'
import { changeAmazonConnect } from '#admin/amazon-connect/amazon-connect-changes.ts'
import { changeClient, makeClient } from '#admin/clients/client-changes.ts'
import { changeConnection, heldConnection, makeConnection } from '#admin/connections/connection-changes.ts'
import { changeEnvironment } from '#admin/environments/environment-changes.ts'
import type { Call } from '#admin/operations.ts'
import { ApiProblem, invalid, invalidInput } from '#admin/problems.ts'
import { changedMeanwhile } from '#admin/serve-operation.ts'
import { changeSessionSettings } from '#admin/sessions/session-changes.ts'
import { findEnvironmentById } from '#companies/environments.ts'
import { targetList } from '#companies/targets.ts'
import type { ConfigurationVersion, Snapshot, VersionKind } from '#configuration/configuration.ts'
import { typedAmazonConnect } from '#connect/settings.ts'
import { connectionName, connectionSettings, draftSettings, ticket } from '#connections/settings.ts'
import { clientKind, clientName } from '#oauth/client-input.ts'
import { clientFaults } from '#oauth/client-rules.ts'
import { clientSettings, findClient } from '#oauth/clients.ts'
import { sessionSettings } from '#sessions/settings.ts'

export type RevertCall = Pick<
  Call<unknown, unknown, unknown>,
  'db' | 'environment' | 'source' | 'world' | 'now' | 'address' | 'token'
>

/** @throws ApiProblem where the state does not fit what there is now */
export async function bringBack(
  call: RevertCall,
  { kind, subjectId, subjectName }: ConfigurationVersion,
  state: Snapshot,
  confirmed: boolean,
): Promise<void> {
  const { environment, source, world, now, token: permit } = call
  const work = { environmentId: environment.id, source, world, now, permit }
  const tx = call.db
  const back: Readonly<Record<VersionKind, () => Promise<unknown>>> = {
    connection: async () => {
      const { settings, ...own } = readConnection(state)
      const current = await heldConnection(tx, work.environmentId, subjectId)
      if (current === undefined)
        return makeConnection(tx, work, { ...own, settings, id: subjectId as `conn_${string}` })
      const { ticket: _, ...changeable } = own
      return changeConnection(tx, work, current, { ...changeable, settings })
    },
    client: async () => {
      const { name, kind, ...rest } = state
      const own = read(z.object({ name: clientName, kind: clientKind }), { name, kind })
      const settings = read(clientSettings, rest)
      const faults = clientFaults({ kind: own.kind, settings })
      if (faults.length > 0) throw invalid(faults.map((fault) => ({ ...fault, path: fault.path.join('.') })))
      const current = await findClient(tx, work.environmentId, subjectId)
      if (current === undefined) return makeClient(tx, work, { ...own, ...settings, id: subjectId })
      return demandDone(await changeClient(tx, work, current, { name: own.name, settings }))
    },
    addresses: async () =>
      changeAddresses(tx, work, read(allowedAddresses, state), { address: call.address, confirmed }),
    policy: async () => {
      const wanted = read(policyState, state)
      const current = await findPolicy(tx, work.environmentId, subjectId)
      return current === undefined
        ? addPolicy(tx, work, wanted)
        : demandDone(await changePolicy(tx, work, current, wanted))
    },
    'session-settings': async () => changeSessionSettings(tx, work, read(sessionSettings, state)),
    targets: async () => {
      const place = await findEnvironmentById(tx, work.environmentId)
      if (place === undefined) throw gone(subjectName)
      return changeEnvironment(tx, work, place.environment, read(targetsState, state))
    },
    'amazon-connect': async () => changeAmazonConnect(tx, work, read(typedAmazonConnect, state)),
  }
  await back[kind]()
}

const policyState = z.object({ name: z.string(), text: z.string(), mode: z.enum(policyModes) })
const targetsState = z.object({ name: z.string(), targets: targetList })
const ownFields = z.object({
  ticket,
  name: connectionName,
  state: z.enum(['draft', 'live']),
  position: z.int(),
  identityProviderMetadataUrl: z.string().optional(),
})

function readConnection(snapshot: Snapshot) {
  const { identityProviderMetadataUrl: url, ...own } = read(ownFields, snapshot)
  const isOwn = (key: string): boolean => key in ownFields.shape
  const rest = Object.fromEntries(Object.entries(snapshot).filter(([key]) => !isOwn(key)))
  const settings = read(own.state === 'draft' ? draftSettings : connectionSettings, rest)
  return { ...own, settings, ...(url === undefined ? {} : { identityProviderMetadataUrl: url }) }
}

/** A state of long ago may not fit the rules of today. */
function read<T>(schema: z.ZodType<T>, state: unknown): T {
  const result = schema.safeParse(state)
  if (result.success) return result.data
  throw invalidInput(result.error)
}

function demandDone<T>(changed: T | undefined): T {
  if (changed === undefined) throw changedMeanwhile()
  return changed
}

function gone(name: string): ApiProblem {
  return new ApiProblem('in-use', `“${name}” was removed at the same moment. Look at what is there now.`)
}
