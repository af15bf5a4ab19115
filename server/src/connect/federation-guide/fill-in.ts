import type { ArtefactName } from '#connect/artefacts/artefacts.ts'
import { artefactValuesOf, providerArn, roleArn } from '#connect/artefacts/policies.ts'
import { type AwsErrorId, awsErrorIds, awsErrors } from '#connect/aws-check/aws-errors.ts'
import { productCure } from '#connect/aws-check/product-cures.ts'
import type { DeepLinkProduct } from '#connect/deep-links/product.ts'
import { encodedForLink } from '#connect/deep-links/relay-state-of-link.ts'
import { type NotePlace, type Table, type ValueKey, valueNames } from '#connect/federation-guide/guide.ts'
import { federationNotes } from '#connect/federation-guide/product-notes.ts'
import { beforeYouBegin, furtherReading, introduction, steps } from '#connect/federation-guide/steps.ts'
import { terms } from '#connect/federation-guide/terms.ts'
import { signInAddresses } from '#connect/partition.ts'
import { relayStateOf } from '#connect/relay-state.ts'
import type { AmazonConnectSettings } from '#connect/settings.ts'

export type FilledFederationGuide = {
  readonly product: string
  readonly name: string
  readonly introduction: readonly string[]
  readonly beforeYouBegin: readonly string[]
  readonly steps: readonly FilledFederationStep[]
  readonly terms: typeof terms
  readonly furtherReading: typeof furtherReading
  readonly troubleshooting: readonly {
    readonly error: AwsErrorId
    /** As AWS writes it. */
    readonly text: string
    readonly cause: string
    readonly cure: string
    readonly cureAtProduct: string | null
  }[]
}

export type FilledFederationStep = {
  readonly number: number
  readonly title: string
  readonly optional: boolean
  readonly text: readonly string[]
  readonly fields: readonly {
    readonly theirLabel: string
    /** Null while it is not known. */
    readonly ourValue: string | null
    readonly note: string | null
  }[]
  readonly artefacts: readonly ArtefactName[]
  /** Only for this product. */
  readonly notes: readonly { readonly text: readonly string[]; readonly table: Table | null }[]
}

export type FederationValues = Readonly<Record<ValueKey, string | null>>

/** @param values undefined: the guide for readers without an Environment, where names stand for values */
export function fillInFederation(
  product: DeepLinkProduct,
  values: FederationValues = valueNames,
): FilledFederationGuide {
  const put = (text: string) => filled(text, values)
  return {
    ...{ product: product.product, name: product.name, introduction, terms, furtherReading },
    beforeYouBegin: beforeYouBegin.map(put),
    steps: steps.map(({ title, optional = false, text, fields = [], artefacts = [], notes }, index) => ({
      ...{ number: index + 1, title, optional, text: text.map(put) },
      fields: fields.map(({ theirLabel, value, note = null }) => ({ theirLabel, ourValue: values[value], note })),
      artefacts: artefacts.filter((name) => isNeeded(name, product)),
      notes: notes === undefined ? [] : notesOf(product, notes, put),
    })),
    troubleshooting: awsErrorIds.map((error) => {
      const { text, cause, cure } = awsErrors[error]
      return { error, text, cause, cure, cureAtProduct: productCure(product.product, error) ?? null }
    }),
  }
}

function isNeeded(name: ArtefactName, { product }: DeepLinkProduct): boolean {
  return name !== 'role-listing-policy.json' || ['entra-id', 'okta', 'generic'].includes(product)
}

function notesOf(product: DeepLinkProduct, place: NotePlace, put: (text: string) => string) {
  if (place === 'federation')
    return (federationNotes[product.product] ?? []).map(({ text, table = null }) => ({
      text: text.map(put),
      table: table && { columns: table.columns, rows: table.rows.map((row) => row.map(put)) },
    }))
  const { link, relayState, hide, shortcut } = product
  if (place === 'hide') return [{ text: [hide, shortcut], table: null }]
  const forms = link.forms.map(({ shown }) => shown).join(' or ')
  const looks = forms === '' ? [] : [`It looks like ${forms}`]
  return [{ text: [`RelayState: ${relayState.field}`, `${link.name}: ${link.where}`, ...looks], table: null }]
}

/** A value that is not known leaves its name behind. */
function filled(text: string, values: FederationValues): string {
  return text.replaceAll(/(?<!\$)\{(\w+)\}/g, (all, name: string) =>
    Object.hasOwn(valueNames, name) ? (values[name as ValueKey] ?? valueNames[name as ValueKey]) : all,
  )
}

type Here = { readonly agentUrl: string; readonly publicUrl: string }

/** Those of an Environment. */
export function federationValuesOf(
  settings: AmazonConnectSettings | undefined,
  product: DeepLinkProduct,
  { agentUrl, publicUrl }: Here,
): FederationValues {
  const iam = artefactValuesOf(settings)
  const address = signInAddresses[iam.partition]
  const knownAccount = iam.accountId !== null
  const relayState = settings === undefined ? null : relayStateOf(settings)
  const typed = settings?.singleSignOn.url ?? null
  return {
    instanceUrl: settings?.instance.url ?? null,
    instanceArn: knownAccount ? instanceArn(iam) : null,
    approvedOrigin: new URL(publicUrl).origin,
    providerName: iam.providerName,
    roleName: iam.roleName,
    providerArn: knownAccount ? providerArn(iam) : null,
    roleArn: knownAccount ? roleArn(iam) : null,
    roleValue: knownAccount ? `${roleArn(iam)},${providerArn(iam)}` : null,
    signInAddress: address,
    metadataOfAws: address.replace(/\/saml$/, '/static/saml-metadata.xml'),
    sessionName: valueNames.sessionName,
    sessionSeconds: String(iam.sessionSeconds),
    relayState,
    deepLink: linkToEnter(product, typed, relayState),
    agentUrl,
  }
}

/** Where the product has no field for the RelayState, the link must carry it. */
function linkToEnter({ product, relayState: how }: DeepLinkProduct, typed: string | null, relayState: string | null) {
  if (typed === null || relayState === null || how.onlyOnLink !== true) return typed
  return encodedForLink(product, typed, relayState).link ?? typed
}

function instanceArn({ partition, region, accountId, instanceId }: ReturnType<typeof artefactValuesOf>): string {
  return `arn:${partition}:connect:${region}:${accountId}:instance/${instanceId}`
}
