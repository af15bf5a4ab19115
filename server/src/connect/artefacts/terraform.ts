import {
  type ArtefactValues,
  agentResource,
  awsUserId,
  listingPolicy,
  listingUser,
  longestSession,
} from '#connect/artefacts/policies.ts'
import { signInAddresses } from '#connect/partition.ts'

/** The account is the one that Terraform works in, so it need not be known. */
export function terraform(values: ArtefactValues): string {
  return `# Agents sign in to Amazon Connect through the identity provider of the company.
# Beside this file: identity-provider-metadata.xml

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

resource "aws_iam_saml_provider" "identity_provider" {
  name                   = "${values.providerName}"
  saml_metadata_document = file("\${path.module}/identity-provider-metadata.xml")
}

resource "aws_iam_role" "agent" {
  name                 = "${values.roleName}"
  max_session_duration = ${longestSession(values)}

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = aws_iam_saml_provider.identity_provider.arn }
      Action    = "sts:AssumeRoleWithSAML"
      Condition = { StringEquals = { "SAML:aud" = "${signInAddresses[values.partition]}" } }
    }]
  })
}

resource "aws_iam_role_policy" "agent" {
  name = "AmazonConnectFederation"
  role = aws_iam_role.agent.id

  # The second dollar sign keeps ${awsUserId} as it is: IAM puts the agent in, not Terraform.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "connect:GetFederationToken"
      Resource = ["${agentArn(values)}"]
    }]
  })
}
${values.listsRoles === 'always' ? listing(values) : ''}
# What the identity provider sends as the attribute https://aws.amazon.com/SAML/Attributes/Role
output "role_value" {
  value = "\${aws_iam_role.agent.arn},\${aws_iam_saml_provider.identity_provider.arn}"
}
`
}

function agentArn(values: ArtefactValues): string {
  const here = `arn:\${data.aws_partition.current.partition}:connect:`
  const account = `\${data.aws_caller_identity.current.account_id}`
  return `${here}${values.region ?? 'REGION'}:${account}:${agentResource(values)}$${awsUserId}`
}

function listing(values: ArtefactValues): string {
  const actions = listingPolicy(values)
    .Statement[0].Action.map((action) => `"${action}"`)
    .join(', ')
  return `
# Its access key is made in the console, so that it does not lie in Terraform's state.
resource "aws_iam_user" "role_listing" {
  name = "${listingUser(values)}"
}

resource "aws_iam_user_policy" "role_listing" {
  name = "ListRoles"
  user = aws_iam_user.role_listing.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = [${actions}]
      Resource = "*"
    }]
  })
}
`
}
