/**
 * Artefacts: what is to be made in AWS's Identity and Access Management for agents to sign in, as files to use there.
 *
 * Pure: settings in, texts out. Must not know a network, nor whether anything of it was made.
 */

import { cliScript } from '#connect/artefacts/cli-script.ts'
import { cloudFormation } from '#connect/artefacts/cloudformation.ts'
import {
  type ArtefactValues,
  artefactValuesOf,
  listingPolicy,
  permissionPolicy,
  trustPolicy,
} from '#connect/artefacts/policies.ts'
import { terraform } from '#connect/artefacts/terraform.ts'
import type { AmazonConnectSettings } from '#connect/settings.ts'

export const artefactNames = [
  'trust-policy.json',
  'permission-policy.json',
  'role-listing-policy.json',
  'identity-provider-metadata.xml',
  'amazon-connect-federation.yaml',
  'amazon-connect-federation.tf',
  'amazon-connect-federation.sh',
] as const

export type ArtefactName = (typeof artefactNames)[number]

export type Artefact = {
  readonly name: ArtefactName
  readonly title: string
  readonly mediaType: string
  readonly text: string
  /** What is not known yet, and stands there in capitals: sentences. */
  readonly missing: readonly string[]
}

/**
 * @param settings undefined while nothing is known of the instance
 * @param product in place of that of the settings
 */
export function listArtefacts(settings: AmazonConnectSettings | undefined, product?: string): readonly Artefact[] {
  const values = artefactValuesOf(settings, product)
  return artefactNames.flatMap((name) => {
    const [title, mediaType, write, needs] = writers[name]
    const text = write(values)
    return text === undefined ? [] : [{ name, title, mediaType, text, missing: missingOf(values, needs) }]
  })
}

type Need = 'accountId' | 'instance' | 'metadata'

const inJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

const writers: Readonly<
  Record<
    ArtefactName,
    readonly [
      title: string,
      mediaType: string,
      write: (values: ArtefactValues) => string | undefined,
      needs: readonly Need[],
    ]
  >
> = {
  'trust-policy.json': [
    'Trust policy of the role: who may take it',
    'application/json',
    (values) => inJson(trustPolicy(values)),
    ['accountId'],
  ],
  'permission-policy.json': [
    'Permission policy of the role: opening Amazon Connect, and nothing else',
    'application/json',
    (values) => inJson(permissionPolicy(values)),
    ['accountId', 'instance'],
  ],
  'role-listing-policy.json': [
    'Policy of the IAM user with which the identity provider lists roles',
    'application/json',
    (values) => (values.listsRoles === 'never' ? undefined : inJson(listingPolicy(values))),
    [],
  ],
  'identity-provider-metadata.xml': [
    'Metadata of the identity provider, as it is uploaded to IAM',
    'application/samlmetadata+xml',
    ({ metadata }) => metadata ?? undefined,
    [],
  ],
  'amazon-connect-federation.yaml': [
    'CloudFormation template: the SAML provider and the role',
    'application/yaml',
    cloudFormation,
    ['instance', 'metadata'],
  ],
  'amazon-connect-federation.tf': [
    'Terraform: the SAML provider and the role',
    'text/plain',
    terraform,
    ['instance', 'metadata'],
  ],
  'amazon-connect-federation.sh': [
    'Commands for the AWS CLI: the SAML provider and the role',
    'application/x-sh',
    cliScript,
    ['accountId', 'instance', 'metadata'],
  ],
}

const sentences: Readonly<Record<Need, string>> = {
  accountId: 'The AWS account is not known: enter it in the settings, or write its 12 digits in place of ACCOUNT_ID.',
  instance:
    'The instance is not known: enter it in the settings, or write its region and id in place of REGION and INSTANCE_ID.',
  metadata:
    'The identity provider’s metadata is not known: enter it in the settings, or save it as identity-provider-metadata.xml.',
}

function missingOf(values: ArtefactValues, needs: readonly Need[]): readonly string[] {
  const known = {
    accountId: values.accountId !== null,
    instance: values.instanceId !== null,
    metadata: values.metadata !== null,
  }
  return needs.filter((need) => !known[need]).map((need) => sentences[need])
}
