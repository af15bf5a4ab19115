/**
 * RelayState for AWS: which instance of Amazon Connect a browser goes to once AWS signed it in, and which page there.
 *
 * Owns its form in both directions. Must not know an identity provider: how a link carries it is in deep-links.
 */

import { destinationOf, isOnNewDomain } from '#connect/addresses.ts'
import { type Finding, findingOf } from '#connect/finding.ts'
import { consoleDomains, partitionOf } from '#connect/partition.ts'
import { relayStateFindings } from '#connect/relay-state-findings.ts'
import type { AmazonConnectSettings, destinations } from '#connect/settings.ts'

export type Destination = (typeof destinations)[number]

export type RelayStateParts = {
  readonly region: string
  /** A UUID in lower case. */
  readonly instanceId: string
  /** Null: AWS chooses, which is the first page of the instance. */
  readonly destination: Destination | null
  /** Whether the instance is opened at my.connect.aws. */
  readonly newDomain: boolean
  /** Agents on virtual desktops: what the workspace is told of them, such as CITRIX. */
  readonly vdiPlatform: string | null
}

export type RelayStateReading = {
  /** Undefined where it is no RelayState for Amazon Connect, or lacks the region or the instance. */
  readonly parts: RelayStateParts | undefined
  /** The page as it stands there, such as `/ccp-v2`. */
  readonly landing: string | undefined
  /** How it should be written. */
  readonly mended: string | undefined
  readonly findings: readonly Finding[]
}

const instanceForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const consoleForm = /^(?:([a-z0-9-]+)\.)?console\.(aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)$/
const regionForm = /^[a-z]{2}(-[a-z]+)+-\d$/
const landingForm = /^\/(connect\/)?(ccp|ccp-v2|agent-app-v2)(?:[/?].*)?$/
const LONGEST = 4096

/** The only region of GovCloud that has Amazon Connect goes by the plain name of the console. */
const plainGovRegion = 'us-gov-west-1'

/** @see https://docs.aws.amazon.com/connect/latest/adminguide/configure-saml.html “Use a destination in your relay state URL” */
export function buildRelayState({ region, instanceId, destination, newDomain, vdiPlatform }: RelayStateInput): string {
  const query = [
    ...(destination === null
      ? []
      : [`destination=${encodeURIComponent(landingOf(destination, newDomain, vdiPlatform))}`]),
    ...(newDomain ? ['new_domain=true'] : []),
  ]
  return `https://${consoleHost(region)}/connect/federate/${instanceId}${query.length > 0 ? `?${query.join('&')}` : ''}`
}

export type RelayStateInput = Omit<RelayStateParts, 'vdiPlatform'> & { readonly vdiPlatform?: string | null }

function landingOf(destination: Destination, newDomain: boolean, vdiPlatform: string | null | undefined): string {
  // The first Contact Control Panel has the same path at both kinds of address.
  const folder = newDomain && destination !== 'ccp' ? '' : '/connect'
  // Apostrophes are legal in an address, and taken for quotation marks by whoever copies it.
  const query =
    vdiPlatform == null ? '' : `?VDIPlatform=${encodeURIComponent(vdiPlatform.toWellFormed()).replaceAll("'", '%27')}`
  return `${folder}/${destination}${query}`
}

function consoleHost(region: string): string {
  if (region === plainGovRegion) return 'console.amazonaws-us-gov.com'
  return `${region}.console.${consoleDomains[partitionOf(region)]}`
}

type ForRelayState = Pick<AmazonConnectSettings, 'instance' | 'ccpVersion' | 'federation'>

/** What the settings ask for. */
export function relayStatePartsOf({ instance, ccpVersion, federation }: ForRelayState): RelayStateParts {
  return {
    region: instance.region,
    instanceId: instance.id.toLowerCase(),
    destination: destinationOf({ ccpVersion, federation }),
    newDomain: isOnNewDomain({ instance }),
    vdiPlatform: null,
  }
}

/** The RelayState that the settings ask for. */
export function relayStateOf(settings: ForRelayState): string {
  return buildRelayState(relayStatePartsOf(settings))
}

/** @param wanted what the settings ask for: differences are told */
export function readRelayState(text: string, wanted?: RelayStateParts): RelayStateReading {
  const findings: Finding[] = []
  const say: Say = (code, values) => void findings.push(findingOf(relayStateFindings, code, values))
  const nothing = { parts: undefined, landing: undefined, mended: undefined, findings }
  const address = addressIn(text, say)
  if (address === undefined) return nothing
  const place = placeOf(address, say)
  if (place === undefined) return nothing
  const { landing, newDomain } = readQuery(address, say)
  const page = readLanding(landing, newDomain, say)
  const { region, instanceId } = place
  if (region === undefined || instanceId === undefined) return { ...nothing, landing }
  const parts = { region, instanceId, newDomain, ...page }
  if (wanted !== undefined) compare(parts, wanted, say)
  return { parts, landing, mended: buildRelayState(parts), findings }
}

type Say = (code: keyof typeof relayStateFindings, values?: Readonly<Record<string, string>>) => void

function addressIn(text: string, say: Say): URL | undefined {
  if (text.length > LONGEST) return void say('too-long')
  const bare = text.replaceAll(/[\s"'“”„«»\u200b\ufeff]/g, '')
  if (bare !== text) say('space-or-quotes')
  // Copied out of a link or a form with its name.
  const value = bare.replace(/^RelayState=/i, '')
  if (value === '') return void say('empty')
  const { decoded, times } = decodeWhole(value)
  if (times > 0) say(times === 1 ? 'encoded-whole' : 'encoded-whole-twice')
  const address = URL.parse(decoded)
  if (address === null) return void say('not-an-address', { found: bare })
  if (address.protocol !== 'https:') say('not-https')
  return address
}

function decodeWhole(text: string): { readonly decoded: string; readonly times: number } {
  let decoded = text
  for (let times = 0; ; times += 1) {
    if (times === 3 || !/^https?%(25)*3A/i.test(decoded)) return { decoded, times }
    const next = decodeOnce(decoded)
    if (next === undefined) return { decoded, times }
    decoded = next
  }
}

/** Undefined where a percent sign begins no character. */
export function decodeOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function placeOf(address: URL, say: Say) {
  const [, inHost, domain] = consoleForm.exec(address.hostname) ?? []
  if (domain === undefined) {
    const instances = /\.(my\.connect\.aws|awsapps\.com)$/.test(address.hostname)
    const signIn = /(^|\.)signin\.(aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)$/.test(address.hostname)
    say(instances ? 'address-of-instance' : signIn ? 'address-of-sign-in' : 'other-host', { found: address.hostname })
    return undefined
  }
  const [, last] = /^\/connect\/federate\/([^/]+)\/?$/.exec(address.pathname) ?? []
  if (last === undefined) return void say('other-path', { found: address.pathname })
  return { region: regionOf(inHost, domain, say), instanceId: instanceOf(last, say) }
}

function regionOf(inHost: string | undefined, domain: string, say: Say): string | undefined {
  const region = inHost ?? (domain === 'amazonaws-us-gov.com' ? plainGovRegion : undefined)
  if (region === undefined) return void say('region-missing')
  if (!regionForm.test(region)) return void say('region-unknown', { found: region })
  if (consoleDomains[partitionOf(region)] !== domain) say('other-partition', { region, expected: consoleHost(region) })
  return region
}

function instanceOf(last: string, say: Say): string | undefined {
  if (instanceForm.test(last)) return last.toLowerCase()
  const found = decodeOnce(last) ?? last
  const id = found.slice(found.lastIndexOf('/') + 1)
  if (!instanceForm.test(id)) return void say('instance-not-id', { found })
  say('instance-is-arn', { found: id })
  return id.toLowerCase()
}

function readQuery(address: URL, say: Say): { readonly landing: string | undefined; readonly newDomain: boolean } {
  const query = address.searchParams
  for (const name of new Set(query.keys()))
    if (name !== 'destination' && name !== 'new_domain') say('unknown-parameter', { found: name })
  if (query.getAll('destination').length > 1) say('destination-twice')
  // A raw slash is read all the same; an “&” in it would not be.
  if (/[?&]destination=[^&]*\//.test(address.search)) say('destination-not-encoded')
  const decoded = query.get('destination') ?? undefined
  const again = decoded !== undefined && /^%(25)*2F/i.test(decoded) ? fullyDecoded(decoded) : undefined
  if (again !== undefined) say('destination-encoded-twice')
  return { landing: again ?? decoded, newDomain: query.get('new_domain') === 'true' }
}

function fullyDecoded(text: string): string {
  const next = decodeOnce(text)
  return next === undefined || next === text ? text : fullyDecoded(next)
}

function readLanding(
  landing: string | undefined,
  newDomain: boolean,
  say: Say,
): Pick<RelayStateParts, 'destination' | 'vdiPlatform'> {
  const nowhere = { destination: null, vdiPlatform: null }
  if (landing === undefined || landing === '') {
    say('no-destination')
    return nowhere
  }
  const [, folder, page] = landingForm.exec(landing) ?? []
  if (page === undefined) {
    say(landing.startsWith('/') ? 'other-landing' : 'landing-not-a-path', { found: landing })
    return nowhere
  }
  if (page !== 'ccp' && newDomain !== (folder === undefined))
    say(newDomain ? 'landing-of-old-domain' : 'landing-of-new-domain', { found: landing })
  const query = new URLSearchParams(landing.slice(landing.indexOf('?') + 1 || landing.length))
  return { destination: page as Destination, vdiPlatform: query.get('VDIPlatform') }
}

function compare(parts: RelayStateParts, wanted: RelayStateParts, say: Say): void {
  if (parts.region !== wanted.region) say('other-region', { found: parts.region, expected: wanted.region })
  if (parts.instanceId !== wanted.instanceId)
    say('other-instance', { found: parts.instanceId, expected: wanted.instanceId })
  if (parts.destination !== null && parts.destination !== wanted.destination)
    say('other-destination', { found: parts.destination, expected: wanted.destination ?? 'none' })
  if (parts.newDomain !== wanted.newDomain) say(parts.newDomain ? 'new-domain-unwanted' : 'new-domain-missing')
}
