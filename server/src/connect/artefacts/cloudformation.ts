import {
  type ArtefactValues,
  agentResource,
  awsUserId,
  listingPolicy,
  listingUser,
  longestSession,
} from '#connect/artefacts/policies.ts'
import { signInAddresses } from '#connect/partition.ts'

/** A template of more than 51,200 bytes is taken from S3 only; the metadata is nearly all of it. */
const LONGEST = 45_000

/** The account is the one that the stack is made in, so it need not be known. */
export function cloudFormation(values: ArtefactValues): string {
  const tooLong =
    (values.metadata?.length ?? 0) > LONGEST
      ? '# Too long to be pasted: upload it to S3 and make the stack from there.\n'
      : ''
  const listing = values.listsRoles === 'always' ? listingUserText(values) : ''
  return `${tooLong}AWSTemplateFormatVersion: '2010-09-09'
Description: 'Agents sign in to Amazon Connect through the identity provider of the company'
Resources:
  IdentityProvider:
    Type: AWS::IAM::SAMLProvider
    Properties:
      Name: '${values.providerName}'
      SamlMetadataDocument: ${metadataText(values.metadata)}
  AgentRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: '${values.roleName}'
      MaxSessionDuration: ${longestSession(values)}
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal:
              Federated: !Ref IdentityProvider
            Action: sts:AssumeRoleWithSAML
            Condition:
              StringEquals:
                'SAML:aud': '${signInAddresses[values.partition]}'
      Policies:
        - PolicyName: AmazonConnectFederation
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: connect:GetFederationToken
                Resource:
                  # The exclamation mark keeps ${awsUserId} as it is: IAM puts the agent in, not CloudFormation.
                  - !Sub '${agentArn(values)}'
${listing}Outputs:
  RoleValue:
    Description: 'What the identity provider sends as the attribute https://aws.amazon.com/SAML/Attributes/Role'
    Value: !Sub '\${AgentRole.Arn},\${IdentityProvider}'
`
}

function agentArn(values: ArtefactValues): string {
  const account = `arn:\${AWS::Partition}:connect:${values.region ?? 'REGION'}:\${AWS::AccountId}`
  return `${account}:${agentResource(values)}${awsUserId.replace('{', '{!')}`
}

/** YAML 1.1 ends lines at more characters than YAML 1.2, and does not take all of Unicode as it is; AWS reads the former. */
const writable = /^[\t\n\x20-\x7e\u00a1-\u1fff\u3000-\ud7ff]*$/

/** As a block where YAML can hold it so, with its indentation said: metadata may begin with spaces. */
function metadataText(metadata: string | null): string {
  if (metadata === null) return "'PASTE THE METADATA OF THE IDENTITY PROVIDER HERE'"
  const text = withoutLastLineEnds(metadata.replaceAll(/\r\n?/g, '\n'))
  if (!writable.test(text)) return quotedText(text)
  const lines = text.split('\n').map((line) => (line === '' ? '' : `        ${line}`))
  return ['|2-', ...lines].join('\n')
}

// A loop, as `\n+$` takes minutes for a text with line ends enough inside.
function withoutLastLineEnds(text: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === '\n') end--
  return text.slice(0, end)
}

/** Its escapes are those of JSON, and one more for characters that JSON writes as two. */
function quotedText(text: string): string {
  return JSON.stringify(text).replaceAll(/[^\x20-\x7e]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16)
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`
  })
}

function listingUserText(values: ArtefactValues): string {
  const actions = listingPolicy(values)
    .Statement[0].Action.map((action) => `                  - ${action}\n`)
    .join('')
  return `  RoleListingUser:
    Type: AWS::IAM::User
    Properties:
      UserName: '${listingUser(values)}'
      Policies:
        - PolicyName: ListRoles
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action:
${actions}                Resource: '*'
`
}
