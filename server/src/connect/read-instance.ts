// What a person types as their instance of Amazon Connect: an alias or any of its addresses, an id or its ARN. What is said
// twice must agree, because a wrong region or account shows itself only when agents cannot sign in.

import { isNearby } from '#connect/addresses.ts'
import { partitionOf } from '#connect/partition.ts'
import type { AmazonConnectSettings, TypedAmazonConnect } from '#connect/settings.ts'
import type { Problem } from '#connections/sources.ts'

export const connectWarningCodes = [
  'instance-url-cut',
  'instance-url-https',
  'instance-on-this-machine',
  'origin-not-https',
  'single-sign-on-url-broken',
  'destination-other-ccp',
  'metadata-unusable',
] as const

/** What was taken in another way than it was typed, or what may go wrong. */
export type ConnectWarning = {
  readonly code: (typeof connectWarningCodes)[number]
  readonly sentence: string
  readonly cure: string
}

type Typed = TypedAmazonConnect['instance']
type Instance = AmazonConnectSettings['instance']
export type ReadInstance = {
  /** Undefined exactly where there are problems. */
  readonly instance: Instance | undefined
  readonly problems: readonly Problem[]
  readonly warnings: readonly ConnectWarning[]
}

type Part<T> = { readonly value: T; readonly warnings?: readonly ConnectWarning[] } | { readonly problem: string }

export function readInstance(typed: Typed): ReadInstance {
  const url = readUrl(typed.url)
  const id = readId(typed.id)
  const arn = 'value' in id ? id.value : undefined
  const region = readRegion(typed.region ?? undefined, arn)
  const accountId = readAccount(typed.accountId ?? undefined, arn)
  const problems = Object.entries({ url, region, id, accountId }).flatMap(([field, part]) =>
    'problem' in part ? [{ path: ['instance', field], message: part.problem }] : [],
  )
  const warnings = 'value' in url ? (url.warnings ?? []) : []
  if ('problem' in url || 'problem' in id || 'problem' in region || 'problem' in accountId)
    return { instance: undefined, problems, warnings: [] }
  const instance = { url: url.value, region: region.value, id: id.value.id, accountId: accountId.value }
  return { instance, problems, warnings }
}

const ALIAS = /^[a-z0-9]+(-+[a-z0-9]+)*$/
const AWS_HOST = /^(?<alias>[^.]+)\.(my\.connect\.aws|awsapps\.com)$/

function readUrl(typed: string): Part<string> {
  if (ALIAS.test(typed.toLowerCase()) && typed.toLowerCase() !== 'localhost')
    return { value: `https://${typed.toLowerCase()}.my.connect.aws` }
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed)
  const isNear = isNearby(typed.split(/[/:?#]/)[0]?.toLowerCase() ?? '')
  const address = hasScheme ? typed : `${isNear ? 'http' : 'https'}://${typed}`
  // The URL parser mends white space and backslashes silently; what needs mending is a slip.
  if (/[\s\\<>"\p{Cc}\p{Cs}]/u.test(address) || !URL.canParse(address))
    return {
      problem: `“${typed.slice(0, 80)}” is neither an alias nor an address. Copy the Access URL of the instance`,
    }
  const url = new URL(address)
  const problem = problemWith(url)
  return problem === undefined ? settled(url) : { problem }
}

function problemWith(url: URL): string | undefined {
  const { protocol, hostname, port } = url
  if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https://'
  if (url.username || url.password) return 'must not contain a user name or password'
  if (isNearby(hostname)) return undefined
  if (
    /(^|\.)console\.(aws\.amazon\.com|amazonaws(-us-gov\.com|\.cn))$/.test(hostname) ||
    hostname === 'signin.aws.amazon.com'
  )
    return 'is an address of AWS’s console. Copy the Access URL from the instance’s page in the Amazon Connect console'
  const alias = AWS_HOST.exec(hostname)?.groups?.alias
  if (alias === undefined)
    return `“${hostname}” is no instance of Amazon Connect: those are https://….my.connect.aws or https://….awsapps.com. Copy the Access URL of the instance`
  if (alias.startsWith('d-'))
    return 'is the start page of IAM Identity Center, not the instance. Copy the Access URL of the instance'
  if (!ALIAS.test(alias)) return `“${alias}” is no alias of an instance: letters, digits and hyphens`
  return port === '' ? undefined : 'must not have a port'
}

/** Its origin is all that counts. */
function settled(url: URL): Part<string> {
  const origin = isNearby(url.hostname) ? url.origin : `https://${url.hostname}`
  const rest = `${url.pathname === '/' ? '' : url.pathname}${url.search}${url.hash}`
  const warnings: ConnectWarning[] = []
  if (rest !== '')
    warnings.push({
      code: 'instance-url-cut',
      sentence: `The instance’s address was taken as ${origin}, without what came behind it.`,
      cure: 'Nothing is to be done, if that is your instance.',
    })
  if (origin.startsWith('https:') && url.protocol === 'http:')
    warnings.push({
      code: 'instance-url-https',
      sentence: `The instance’s address was taken as ${origin}: Amazon Connect is reached by https only.`,
      cure: 'Nothing is to be done, if that is your instance.',
    })
  return { value: origin, warnings }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const ARN =
  /^arn:(?<partition>aws|aws-us-gov|aws-cn):connect:(?<region>[^:]*):(?<accountId>[^:]*):instance\/(?<id>[^/]+)(\/.*)?$/

type ReadId = {
  readonly id: string
  readonly partition?: string
  readonly region?: string
  readonly accountId?: string
}

function readId(typed: string): Part<ReadId> {
  const { id, partition, region, accountId } = ARN.exec(typed)?.groups ?? {}
  if (id === undefined && typed.startsWith('arn:'))
    return { problem: 'is not the ARN of an instance: that is arn:aws:connect:REGION:ACCOUNT:instance/ID' }
  const uuid = (id ?? typed).toLowerCase()
  if (!UUID.test(uuid))
    return { problem: 'must be the instance’s id (6f0a2c1e-93b4-4d7e-8a55-0c1d2e3f4a5b, for one) or its ARN' }
  const rest = partition === undefined || region === undefined || accountId === undefined
  return { value: rest ? { id: uuid } : { id: uuid, partition, region, accountId } }
}

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/

function readRegion(typed: string | undefined, arn: ReadId | undefined): Part<string> {
  const region = typed?.toLowerCase() ?? arn?.region
  if (region === undefined)
    return { problem: 'is missing: say the AWS region of the instance, like eu-west-2, or give its ARN as the id' }
  if (!REGION.test(region)) return { problem: `“${region}” is no AWS region: those are like eu-west-2` }
  if (arn?.region !== undefined && arn.region !== region)
    return { problem: `is ${region}, but the ARN says ${arn.region}. Leave it out, or mend the one that is wrong` }
  if (arn?.partition !== undefined && arn.partition !== partitionOf(region))
    return { problem: `is ${region}, which is not in the partition ${arn.partition} of the ARN. Copy the ARN anew` }
  return { value: region }
}

/** People write account numbers in groups: 1234-5678-9012, as AWS's own pages do. */
function readAccount(typed: string | undefined, arn: ReadId | undefined): Part<string | null> {
  const account = typed?.replaceAll(/[\s-]/g, '') ?? arn?.accountId
  if (account === undefined) return { value: null }
  if (!/^\d{12}$/.test(account)) return { problem: 'must be the 12 digits of the AWS account' }
  if (arn?.accountId !== undefined && arn.accountId !== account)
    return { problem: `is ${account}, but the ARN says ${arn.accountId}. Leave it out, or mend the one that is wrong` }
  return { value: account }
}
