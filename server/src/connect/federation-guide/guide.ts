// What the guide is made of. Texts name values in braces, which fill-in.ts puts in.

import type { ArtefactName } from '#connect/artefacts/artefacts.ts'

/** A value of the Environment, and what it is called where no Environment is known. */
export const valueNames = {
  instanceUrl: 'the instance’s address',
  instanceArn: 'the instance’s ARN',
  approvedOrigin: 'Sallyport’s origin: scheme, host and port',
  providerName: 'CompanyDirectory',
  roleName: 'AmazonConnectAgent',
  providerArn: 'arn:aws:iam::ACCOUNT_ID:saml-provider/CompanyDirectory',
  roleArn: 'arn:aws:iam::ACCOUNT_ID:role/AmazonConnectAgent',
  roleValue: 'arn:aws:iam::ACCOUNT_ID:role/AmazonConnectAgent,arn:aws:iam::ACCOUNT_ID:saml-provider/CompanyDirectory',
  signInAddress: 'https://signin.aws.amazon.com/saml',
  metadataOfAws: 'https://signin.aws.amazon.com/static/saml-metadata.xml',
  sessionName: 'the agent’s login name in Amazon Connect',
  sessionSeconds: '36000',
  relayState:
    'https://REGION.console.aws.amazon.com/connect/federate/INSTANCE_ID?destination=%2Fccp-v2&new_domain=true',
  deepLink: 'the deep link of step 3',
  agentUrl: 'the User/Agent URL of the portal’s home page',
} as const

export type ValueKey = keyof typeof valueNames

export type FederationField = {
  readonly theirLabel: string
  readonly value: ValueKey
  readonly note?: string
}

export type Table = {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What one product needs beside what all of them need. */
export type ProductNote = {
  readonly text: readonly string[]
  readonly table?: Table
}

export type FederationStep = {
  readonly title: string
  readonly optional?: true
  /** Paragraphs. */
  readonly text: readonly string[]
  readonly fields?: readonly FederationField[]
  readonly artefacts?: readonly ArtefactName[]
  /** Which part of a product's notes belongs here. */
  readonly notes?: NotePlace
}

export type NotePlace = 'federation' | 'application' | 'hide'

export type Term = { readonly term: string; readonly meaning: string }

/** The SAML attributes that AWS reads begin so. */
export const awsAttributes = 'https://aws.amazon.com/SAML/Attributes'
