import { type AddressSettings, storedAddresses } from '#access/addresses.ts'
import { type AmazonConnectSettings, typedAmazonConnect } from '#connect/settings.ts'
import { type ConnectionSettings, connectionSettings } from '#connections/settings.ts'
import { type ClientSettings, clientSettings } from '#oauth/clients.ts'
import { defaultSessionSettings, type SessionSettings } from '#sessions/settings.ts'

type Tree = { readonly [key: string]: unknown }

const required = { issuer: '-', thirdPartyAuthenticationUrl: 'https://localhost', issuerCertificates: ['-'] }
const {
  issuer: _i,
  thirdPartyAuthenticationUrl: _u,
  issuerCertificates: _c,
  ...defaults
} = connectionSettings.parse(required)

/** Settings without what they would be anyway. `connectionSettings` makes them whole again. */
export function terse(settings: ConnectionSettings): Tree {
  return without(settings, defaults)
}

/** Session settings without what they would be anyway. */
export function terseSessions(settings: SessionSettings = defaultSessionSettings): Tree {
  return without(settings, defaultSessionSettings)
}

const clientDefaults = clientSettings.parse({})

/** A client's settings without what they would be anyway. */
export function terseClient(settings: ClientSettings): Tree {
  return without(settings, clientDefaults)
}

const addressDefaults = storedAddresses.parse({})

/** Allowed IP Addresses without what they would be anyway. */
export function terseAddresses(settings: AddressSettings): Tree {
  return without(settings, addressDefaults)
}

const { instance: _instance, ...connectDefaults } = typedAmazonConnect.parse({ instance: { url: '-', id: '-' } })

/** Amazon Connect without what it would be anyway. */
export function terseConnect(settings: AmazonConnectSettings): Tree {
  return without(settings, { ...connectDefaults, instance: { accountId: null } })
}

function without(tree: Tree, defaults: Tree): Tree {
  const entries = Object.entries(tree).flatMap(([key, value]) => {
    const usual = defaults[key]
    if (isTree(value) && isTree(usual)) {
      const rest = without(value, usual)
      return Object.keys(rest).length === 0 ? [] : [[key, rest]]
    }
    return value === undefined || JSON.stringify(value) === JSON.stringify(usual) ? [] : [[key, value]]
  })
  return Object.fromEntries(entries)
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
