/** `sallyport access …`: addresses, policies, trying them. Exit code 0 done, 1 refused, 2 called wrongly. */

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { z } from 'zod'
import { allowedAddresses, findAddressSettings } from '#access/addresses.ts'
import { listPolicies, type Policy, type PolicyMode, policyModes } from '#access/policies.ts'
import { decisionInWords } from '#access/words.ts'
import { type AccessChange, addPolicy, changeAddresses, changePolicy } from '#admin/access/access-changes.ts'
import { policyToMake, simulation } from '#admin/access/access-shapes.ts'
import { simulateFor } from '#admin/access/access-trials.ts'
import { type At, type Cli, commandLine, fail, inEnvironment } from '#admin/in-environment.ts'
import { ApiProblem } from '#admin/problems.ts'
import type { CommandArguments } from '#config/command.ts'
import { printable } from '#config/printable.ts'

/** `access`: what restricts the Environment. */
export async function accessCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inEnvironment(args, cli, { command: 'access', words: [] }, (at) => show(cli, at))
}

async function show(cli: Cli, { place, where }: At): Promise<number> {
  const { id } = place.environment
  const { ranges, exemptPurposes, exemptClientIds, mode } = await findAddressSettings(cli.db.read, id)
  const from = ranges.length === 0 ? 'everywhere' : ranges.join(', ')
  const how = ranges.length === 0 || mode === 'enforced' ? '' : ` (${mode})`
  cli.out(`People of ${where} may come from ${from}${how}.`)
  const exempt = [...exemptPurposes, ...exemptClientIds]
  if (ranges.length > 0) cli.out(printable(`Exempt clients: ${exempt.length === 0 ? 'none' : exempt.join(', ')}.`))
  const policies = await listPolicies(cli.db.read, id)
  if (policies.length === 0) cli.out('There are no policies.')
  for (const { id, mode, name } of policies) cli.out(printable(`${id}  ${mode}  ${name}`))
  return 0
}

export const rangesOptions = {
  add: { type: 'string', multiple: true },
  remove: { type: 'string', multiple: true },
  mode: { type: 'string' },
} as const

/** `access ranges`: adds and removes ranges, and shows what is there then. */
export async function rangesCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inEnvironment(args, cli, { command: 'access ranges', words: [] }, async (at) => {
    const { id } = at.place.environment
    const removed = allowedAddresses.safeParse({ ranges: listOf(args.values.remove) })
    const former = await findAddressSettings(cli.db.read, id)
    const { mode = former.mode } = args.values
    const kept = former.ranges.filter((range) => !removed.data?.ranges.includes(range))
    const wanted = allowedAddresses.safeParse({ ...former, ranges: [...kept, ...listOf(args.values.add)], mode })
    const wrong = removed.error ?? wanted.error
    if (wrong !== undefined || !wanted.success) return fail(cli, 2, wordsOf(wrong))
    const missing = removed.data?.ranges.filter((range) => !former.ranges.includes(range)) ?? []
    if (missing.length > 0) return fail(cli, 1, `${at.where} has no range ${missing.join(', ')}. Nothing was changed.`)
    await cli.db.transaction((tx) => changeAddresses(tx, changeAt(cli, at), wanted.data, undefined))
    return show(cli, at)
  })
}

export const policyOptions = { name: { type: 'string' }, mode: { type: 'string' } } as const

/** `access policy set`: makes the policy of this name, or changes it. */
export async function setPolicyCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inEnvironment(args, cli, { command: 'access policy set', words: ['FILE'] }, async (at) => {
    const [file = ''] = at.words
    const text = readText(file)
    if (text === undefined) return fail(cli, 2, `The file ${file} cannot be read.`)
    const { name = basename(file, '.cedar'), mode } = args.values
    const there = (await listPolicies(cli.db.read, at.place.environment.id)).find((one) => one.name === name)
    const wanted = policyToMake.safeParse({ name, text, mode: mode ?? there?.mode ?? 'enforced' })
    if (!wanted.success) return fail(cli, 2, wordsOf(wanted.error))
    return refusing(cli, async () => {
      const saved = await cli.db.transaction((tx) => save(tx, changeAt(cli, at), there, wanted.data))
      if (saved === undefined) return fail(cli, 1, 'Somebody else changed the policy at the same moment. Try again.')
      cli.out(printable(`${saved.id}  ${saved.mode}  ${saved.name}`))
      return 0
    })
  })
}

function save(
  tx: Parameters<typeof addPolicy>[0],
  change: AccessChange,
  there: Policy | undefined,
  wanted: { readonly name: string; readonly text: string; readonly mode: PolicyMode },
): Promise<Policy | undefined> {
  return there === undefined ? addPolicy(tx, change, wanted) : changePolicy(tx, change, there, wanted)
}

export const simulateOptions = {
  user: { type: 'string' },
  client: { type: 'string' },
  address: { type: 'string' },
  action: { type: 'string' },
  at: { type: 'string' },
} as const

/** `access simulate`: what would be decided, and why. */
export async function simulateCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inEnvironment(args, cli, { command: 'access simulate', words: [] }, async ({ place }) => {
    const asked = simulation.safeParse(args.values)
    if (!asked.success) return fail(cli, 2, wordsOf(asked.error))
    return refusing(cli, async () => {
      const decision = await simulateFor(cli.db.read, place.environment.id, asked.data, cli.world.clock())
      cli.out(printable(`${decision.effect}: ${decisionInWords(decision)}`))
      return 0
    })
  })
}

async function refusing(cli: Cli, work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    return fail(cli, 1, printable(error.message))
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function listOf(value: CommandArguments['values'][string]): readonly string[] {
  return Array.isArray(value) ? value : []
}

function wordsOf(error: z.ZodError | undefined): string {
  const lines = error?.issues.map(({ path, message }) => {
    const [field] = path
    const said = message.startsWith('"') || field === 'ranges' ? message : `--${String(field)}: ${message}`
    return field === 'mode' ? `--mode is one of ${policyModes.join(', ')}.` : printable(`${said}.`)
  })
  return lines?.join('\n') ?? ''
}

function changeAt({ world }: Cli, { place }: At): AccessChange {
  return { environmentId: place.environment.id, source: commandLine, world, now: world.clock() }
}
