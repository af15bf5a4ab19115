import {
  type ArtefactValues,
  listingPolicy,
  listingUser,
  longestSession,
  permissionPolicy,
  providerArn,
  roleArn,
  trustPolicy,
} from '#connect/artefacts/policies.ts'

/** Single quotes keep the shell from reading `$` in a policy. Nothing in a policy has a single quote. */
export function cliScript(values: ArtefactValues): string {
  return `#!/bin/sh
# Agents sign in to Amazon Connect through the identity provider of the company.
# Beside this file: identity-provider-metadata.xml
set -eu
${accountCheck(values)}
aws iam create-saml-provider \\
  --name '${values.providerName}' \\
  --saml-metadata-document file://identity-provider-metadata.xml

aws iam create-role \\
  --role-name '${values.roleName}' \\
  --max-session-duration ${longestSession(values)} \\
  --assume-role-policy-document ${quoted(trustPolicy(values))}

aws iam put-role-policy \\
  --role-name '${values.roleName}' \\
  --policy-name AmazonConnectFederation \\
  --policy-document ${quoted(permissionPolicy(values))}
${values.listsRoles === 'always' ? listing(values) : ''}
echo 'The identity provider sends as the attribute https://aws.amazon.com/SAML/Attributes/Role:'
echo '${roleArn(values)},${providerArn(values)}'
`
}

function quoted(value: unknown): string {
  return `'${JSON.stringify(value, null, 2)}'`
}

function accountCheck({ accountId }: ArtefactValues): string {
  if (accountId === null) return ''
  return `
account=$(aws sts get-caller-identity --query Account --output text)
if [ "$account" != ${accountId} ]; then
  echo "The AWS CLI works in the account $account, not in ${accountId}. Nothing was made." >&2
  exit 1
fi
`
}

function listing(values: ArtefactValues): string {
  return `
aws iam create-user --user-name '${listingUser(values)}'

aws iam put-user-policy \\
  --user-name '${listingUser(values)}' \\
  --policy-name ListRoles \\
  --policy-document ${quoted(listingPolicy(values))}

echo 'Make an access key for the user ${listingUser(values)} and enter it at the identity provider:'
echo '  aws iam create-access-key --user-name ${listingUser(values)}'
`
}
