/**
 * The settings of a connection: the fields of the “Single Sign-On Settings” page, described once for the declaration,
 * the API and the database.
 *
 * Owns the shape, the defaults and what must fit together. Must not know where settings come from or what time it is:
 * whether a certificate is still valid is asked when settings are taken in (intake.ts), not each time they are read.
 */

import { z } from 'zod'
import { guides } from '#connections/guides/guides.ts'
import { strictObject } from '#connections/strict-object.ts'
import { webAddress } from '#connections/web-address.ts'

const text = z.string().trim().min(1, 'must not be empty').max(1024, 'is too long: 1024 characters at most')

/** The name of a SAML attribute. */
const attributeName = text

/** What stands behind the @ of a username; names of hosts are the same in capitals (RFC 4343, section 3). */
const domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253, 'is too long: 253 characters at most')
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
    'must be a host name, like acme.example',
  )

export const MAXIMUM_CERTIFICATES = 5

const singleLogout = strictObject({
  enabled: z.boolean().default(false).describe('Enable Single Logout'),
  url: webAddress.optional().describe('Third Party Single Logout URL'),
  method: z
    .enum(['front-channel', 'back-channel'])
    .default('front-channel')
    .describe('Logout Method: front-channel goes through the browser, back-channel from server to server'),
  binding: z.enum(['post', 'redirect']).default('post').describe('how front-channel requests travel'),
  responseUrl: webAddress
    .optional()
    .describe(
      "where answers to the provider's own logout requests go through the browser, if it is not the " +
        'Third Party Single Logout URL',
    ),
})

const createUsers = strictObject({
  enabled: z.boolean().default(false).describe('Create Users'),
  attributes: strictObject({
    firstName: attributeName.optional().describe('Attribute for First Name'),
    lastName: attributeName.optional().describe('Attribute for Last Name'),
    email: attributeName.optional().describe('Attribute for Email'),
    userType: attributeName.optional().describe('Attribute for User Type: its values are PLATFORM and SITE'),
    team: attributeName.optional().describe('Attribute for Team: team names, separated by _::_'),
    accessProfile: attributeName.optional().describe('Attribute for Access Profile: its id or name'),
    application: attributeName.optional().describe('Attribute for Application: its name'),
    role: attributeName.optional().describe('Attribute for Role: role names, separated by _::_'),
  }).prefault({}),
  defaults: strictObject({
    userType: z.enum(['platform', 'site']).default('platform').describe('Default User Type'),
    team: text.optional().describe('Default Team'),
    accessProfile: text.optional().describe('Default Access Profile'),
    application: text.optional().describe('Default Application'),
    roles: z.array(text).default([]).describe('Default Role(s)'),
  }).prefault({}),
  onSyncFailure: z
    .enum(['sign-in', 'refuse'])
    .default('sign-in')
    .describe('what happens when a team or role of the assertion does not exist at a later sign-in'),
})

/** Every field, by its name in the declaration and the API, in the order of the settings page. */
export const settingsShape = {
  product: z
    .enum(guides.map(({ product }) => product))
    .optional()
    .describe('which product the identity provider is: whose set-up guide is shown'),
  samlVersion: z.literal('2.0').default('2.0').describe('SAML Version'),
  issuer: text.describe("Issuer: the identity provider's entity id"),
  thirdPartyAuthenticationUrl: webAddress.describe(
    "SAML Third Party authentication URL: the provider's sign-in address",
  ),
  // Core 8.3.6 limits an entity id to 1024 characters.
  requestIssuer: text.optional().describe('SAML Request Issuer URL: the entity id by which the provider knows us'),
  userIdType: z.enum(['platform-user-id', 'federated-id']).default('platform-user-id').describe('User Id Type'),
  userIdLocation: z.enum(['subject', 'attribute']).default('subject').describe('User Id Location'),
  userIdAttribute: attributeName.optional().describe('Attribute for User ID'),
  usernameDomains: z
    .array(domain)
    .default([])
    .describe(
      'users who were not made by single sign-on are bound to this connection at their first sign-in where their ' +
        'username ends in @ and one of these',
    ),
  singleLogout: singleLogout.prefault({}),
  createUsers: createUsers.prefault({}),
  issuerCertificates: z
    .array(z.string().min(1))
    .min(1, 'needs at least one certificate')
    .max(MAXIMUM_CERTIFICATES, `has room for ${MAXIMUM_CERTIFICATES} certificates`)
    .describe('Issuer Certificate: a signature by any of them is accepted'),
  idpInitiated: z.boolean().default(false).describe('accept responses that nobody here asked for'),
  signRequests: z.boolean().default(false).describe('sign authentication requests'),
  requestBinding: z.enum(['redirect', 'post']).default('redirect').describe('how requests travel to the provider'),
  nameIdFormat: z
    .string()
    .regex(/^[a-z][a-z0-9+.-]*:\S+$/i, 'must be a URI, like urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress')
    .max(1024)
    .optional()
    .describe('NameIDPolicy Format to ask for'),
  singleSignOnOnly: z
    .boolean()
    .default(false)
    .describe('users of this connection have no password, however they were made'),
  forceAuthn: z.boolean().default(false).describe('ask the provider to authenticate again each time'),
  reauthentication: z
    .enum(['standard', 'forced'])
    .default('standard')
    .describe(
      'how the provider is asked once more about a client that it has not allowed: standard, a session there is ' +
        'enough; forced, it authenticates the person again',
    ),
  assertionGrant: z
    .boolean()
    .default(false)
    .describe("let applications exchange this provider's assertions for tokens (RFC 7522)"),
  clockSkewSeconds: z
    .int()
    .min(0, 'must be from 0 to 120')
    .max(120, 'must be from 0 to 120')
    .default(60)
    .describe("how far the provider's clock may differ"),
  requireSigned: z
    .enum(['any', 'assertion', 'response', 'both'])
    .default('any')
    .describe('what must carry a signature of its own'),
  dangerouslyAllowSha1: z.boolean().default(false).describe('accept signatures with SHA-1, which can be forged'),
  dangerouslyAllowCbc: z
    .boolean()
    .default(false)
    .describe('accept assertions encrypted with AES-CBC, which does not notice changes'),
} as const

type Fields = z.output<z.ZodObject<typeof settingsShape>>

type Fit = [(settings: Fields) => boolean, { path: string[]; error: string; when: typeof isObject }]

const userIdFits: Fit = [
  (settings: Fields) => settings.userIdLocation !== 'attribute' || settings.userIdAttribute !== undefined,
  { path: ['userIdAttribute'], error: 'is needed, because userIdLocation is “attribute”', when: isObject },
]
const logoutFits: Fit = [
  ({ singleLogout }: Fields) => !singleLogout?.enabled || singleLogout.url !== undefined,
  { path: ['singleLogout', 'url'], error: 'is needed, because single logout is enabled', when: isObject },
]

export const connectionSettings = strictObject(settingsShape)
  .refine(...userIdFits)
  .refine(...logoutFits)

/** What must fit together is looked at even when a single field is wrong, so that every problem is told at once. */
function isObject({ value }: { readonly value: unknown }): boolean {
  return typeof value === 'object' && value !== null
}

export type ConnectionSettings = z.output<typeof connectionSettings>

/** Of a draft: what the identity provider has not told yet is empty. Going live asks for all of it. */
export const draftSettings = z.preprocess(
  withoutEmpty,
  strictObject({
    ...settingsShape,
    issuer: settingsShape.issuer.default(''),
    thirdPartyAuthenticationUrl: settingsShape.thirdPartyAuthenticationUrl.default(''),
    issuerCertificates: settingsShape.issuerCertificates.default([]),
  })
    .refine(...userIdFits)
    .refine(...logoutFits),
)

/** The fields that identity providers give, without which nobody can sign in. */
export const fieldsOfProvider = ['issuer', 'thirdPartyAuthenticationUrl', 'issuerCertificates'] as const

/** So that a default takes its place. */
function withoutEmpty(value: unknown): unknown {
  if (!isObject({ value })) return value
  const isEmpty = (key: string, field: unknown): boolean =>
    (fieldsOfProvider as readonly string[]).includes(key) && (field === '' || (Array.isArray(field) && !field.length))
  return Object.fromEntries(Object.entries(value as object).filter(([key, field]) => !isEmpty(key, field)))
}

/** The opaque handle of a connection in URLs. */
export const ticket = z.string().regex(/^[a-z]{14}$/, 'must be 14 lower-case letters')

export const connectionName = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(100, 'is too long: 100 characters at most')
