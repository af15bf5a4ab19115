/**
 * Amazon Connect: where an Environment's instance is, how its agents are signed in to it, and what AWS needs for that. Here
 * are the settings, described once for the API, the declaration and the database: as a person types them
 * (`typedAmazonConnect`, which take-settings.ts makes into settings), and as they are kept.
 *
 * The folder owns the tables `amazon_connect`, `aws_inspections`, `aws_inspection_reports` and `desktop_reports`. One
 * instance an Environment. It must not know who may change the settings, nor how one signs in to Sallyport itself.
 */

import { z } from 'zod'
import type { Id } from '#config/world.ts'
import { guides } from '#connections/guides/guides.ts'
import { strictObject } from '#connections/strict-object.ts'
import { type Handle, holdKey } from '#storage/database.ts'

export const ccpVersions = ['v1', 'v2'] as const
export const agentNames = ['username', 'federated-id', 'email', 'any'] as const
/** Where an agent lands after AWS has signed them in. */
export const destinations = ['ccp', 'ccp-v2', 'agent-app-v2'] as const
/** Identity providers that AWS federates with: those of the connections' guides, and two more. */
export const federationProducts: readonly [string, ...string[]] = [
  'auth0',
  'iam-identity-center',
  ...guides.map(({ product }) => product),
]

const text = (longest: number) =>
  z.string().trim().min(1, 'must not be empty').max(longest, `is too long: ${longest} characters at most`)

const instanceFields = {
  url: text(2048).describe('the instance’s address, or its alias: acme is https://acme.my.connect.aws'),
  region: text(40).nullish().describe('AWS region of the instance, like eu-west-2; in the ARN, too'),
  id: text(512).describe('the instance’s id or its ARN, which also says region and account'),
  accountId: text(40).nullish().describe('the AWS account, 12 digits; in the ARN, too'),
}

const singleSignOnFields = {
  enabled: z.boolean().default(false).describe('Amazon Connect Single Sign-On Behavior enabled'),
  url: text(4096)
    .nullable()
    .default(null)
    .describe('Amazon Connect Single Sign-On URL: the identity provider’s deep link; needed when enabled'),
  autoCloseWindow: z.boolean().default(true).describe('Auto-Close Amazon Connect Window during Sign-On'),
}

/** In IAM: the characters that AWS allows, and no more. */
const providerName = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9_.-]{1,128}$/, 'must be 1 to 128 letters, digits, and . _ -')
const roleName = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9_+=,.@-]{1,64}$/, 'must be 1 to 64 letters, digits, and + = , . @ _ -')
const sessionSeconds = z
  .int('must be a whole number')
  .min(900, 'must be from 900 to 43200')
  .max(43200, 'must be from 900 to 43200')
const stuckAfterSeconds = z
  .int('must be a whole number')
  .min(10, 'must be from 10 to 120')
  .max(120, 'must be from 10 to 120')

export const federationFields = {
  product: z
    .enum(federationProducts)
    .nullable()
    .default(null)
    .describe('the identity provider that AWS trusts, as its guide is called'),
  providerName: providerName.default('CompanyDirectory').describe('name of the SAML provider in IAM'),
  roleName: roleName.default('AmazonConnectAgent').describe('name of the role in IAM that agents take'),
  sessionSeconds: sessionSeconds
    .default(36_000)
    .describe('SessionDuration that the identity provider sends; 36000 is 10 hours'),
  metadata: z
    .string()
    .nullable()
    .default(null)
    .describe('the identity provider’s metadata as it is uploaded to IAM (XML), 256 KiB at most'),
  destination: z
    .enum(destinations)
    .nullable()
    .default(null)
    .describe('where RelayState lands; left out: the CCP of the version above'),
}

/** What the files and the guide for AWS say while nothing is known. */
export const defaultFederation = strictObject(federationFields).parse({})

export const amazonConnectFields = {
  instance: strictObject(instanceFields).describe('the instance of Amazon Connect'),
  ccpVersion: z.enum(ccpVersions).default('v2').describe('version of the Contact Control Panel'),
  singleSignOn: strictObject(singleSignOnFields).prefault({}),
  requireSignIn: z
    .boolean()
    .default(true)
    .describe('agents sign in to Sallyport first, so that its sessions, limits and policies hold for them'),
  agentName: z
    .enum(agentNames)
    .default('username')
    .describe('what of a person must equal the agent’s name in Amazon Connect; any: it is not compared'),
  stuckAfterSeconds: stuckAfterSeconds
    .default(30)
    .describe('after so many seconds without an answer, the desktop says what may be wrong'),
  federation: strictObject(federationFields).prefault({}),
}

/** As a person types it; what is left out gets its default. */
export const typedAmazonConnect = strictObject(amazonConnectFields)
export type TypedAmazonConnect = z.output<typeof typedAmazonConnect>

/** As it was judged when it was saved. */
export const storedAmazonConnect = z.object({
  instance: z.object({
    url: z.string().describe('Its origin'),
    region: z.string(),
    id: z.string().describe('The UUID at the end of its ARN'),
    accountId: z.string().nullable(),
  }),
  ccpVersion: z.enum(ccpVersions).default('v2'),
  singleSignOn: z.object({ enabled: z.boolean(), url: z.string().nullable(), autoCloseWindow: z.boolean() }),
  requireSignIn: z.boolean().default(true),
  agentName: z.enum(agentNames).default('username'),
  stuckAfterSeconds: z.int().default(30),
  federation: z.object({
    product: z.string().nullable(),
    providerName: z.string(),
    roleName: z.string(),
    sessionSeconds: z.int(),
    metadata: z.string().nullable(),
    destination: z.enum(destinations).nullable(),
  }),
})

export type AmazonConnectSettings = z.output<typeof storedAmazonConnect>

/** Undefined where the Environment has no instance. */
export async function findAmazonConnect(
  db: Handle,
  environmentId: Id<'env'>,
): Promise<AmazonConnectSettings | undefined> {
  const row = await db
    .selectFrom('amazon_connect')
    .select('settings')
    .where('environment_id', '=', environmentId)
    .executeTakeFirst()
  return row && storedAmazonConnect.parse(JSON.parse(row.settings))
}

/** Whoever changes them waits for one another, so that each knows what was there before. */
export async function holdAmazonConnect(tx: Handle, environmentId: Id<'env'>): Promise<void> {
  await holdKey(tx, `amazon connect ${environmentId}`)
}

export async function saveAmazonConnect(
  tx: Handle,
  environmentId: Id<'env'>,
  settings: AmazonConnectSettings,
  now: Date,
): Promise<void> {
  const values = { settings: JSON.stringify(settings), updated_at: now.getTime() }
  await tx
    .insertInto('amazon_connect')
    .values({ environment_id: environmentId, ...values })
    .onConflict((conflict) => conflict.column('environment_id').doUpdateSet(values))
    .execute()
}

/** False where there was none. */
export async function removeAmazonConnect(tx: Handle, environmentId: Id<'env'>): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('amazon_connect')
    .where('environment_id', '=', environmentId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
