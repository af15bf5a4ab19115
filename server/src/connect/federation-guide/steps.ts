import { artefactNames } from '#connect/artefacts/artefacts.ts'
import { awsUserId } from '#connect/artefacts/policies.ts'
import { awsAttributes, type FederationStep } from '#connect/federation-guide/guide.ts'

export const introduction: readonly string[] = [
  'Agents sign in to Amazon Connect, and the agent desktop of Sallyport waits until they are: pressing Sign-in opens a window, and once Amazon Connect knows the agent, the window closes and the desktop loads. With these five steps the window goes through the company’s identity provider, so that somebody who is signed in there is not asked again.',
  'This works with every identity provider that speaks SAML 2.0 and gives an application an address that can be opened outside of its portal. Products call it deep link, deep URL, embeddable URL or launch link.',
  'How administrators sign in to the portal of Sallyport is another matter, and is set up on the page Administrators.',
]

export const beforeYouBegin: readonly string[] = [
  'The federation lets people who need no access to the AWS console use Amazon Connect in your AWS account without an IAM user each. They are declared in Amazon Connect all the same, under the name that they have at the identity provider.',
  'The identity provider and IAM are set up at the same time, since each needs something of the other. IAM needs the identity provider’s metadata, an XML file, which is there only once the application for AWS was begun at the identity provider; and the identity provider needs the names of the provider and the role in IAM to finish it. So begin at the identity provider, go to IAM, and come back.',
  'In SAML’s words AWS is the service provider here. Where the identity provider asks for the service provider’s metadata, it is at {metadataOfAws}; where it asks for the address that receives responses, that is {signInAddress}.',
  'At the identity provider the federation is mostly part of an application that is assigned to people, and that they could open from its portal.',
  'What somebody may do in AWS depends on the role in IAM that they take, and on its policies. Let agents have one role that can do nothing but open Amazon Connect. Making the role anew later can lock out agents who came in with the former one, so change its policies instead.',
  'Some identity providers look up the roles of the account, to offer them in lists, and need an IAM user for that. It is no person: it stands for the identity provider, and may list roles and nothing else.',
]

export const steps: readonly FederationStep[] = [
  {
    title: 'Make an Amazon Connect instance whose users come by SAML',
    text: [
      'When you make the instance, choose “SAML 2.0-based authentication” as its identity management. This is decided for good: an instance can be changed neither to SAML nor away from it. If yours was made otherwise, make another one.',
      'Declare each agent in Amazon Connect under Users, User management. The login name must be what the identity provider will send as RoleSessionName, capitals and small letters included.',
      'In the AWS console open the instance, Approved origins, and add the origin below. Without it browsers do not show the Contact Control Panel inside the agent desktop.',
      'Then enter the instance’s address, region and id in the portal under Company Environment Configuration, Amazon Connect Integration. The ARN is enough for region and id.',
    ],
    fields: [
      { theirLabel: 'Approved origins, Add origin', value: 'approvedOrigin', note: 'AWS takes https only.' },
      { theirLabel: 'Access URL', value: 'instanceUrl', note: 'From there to here.' },
      { theirLabel: 'Instance ARN', value: 'instanceArn', note: 'From there to here.' },
    ],
  },
  {
    title: 'Set up SAML federation between the identity provider and your AWS account',
    text: [
      'Begin the application for AWS at the identity provider and download its metadata there. In IAM open Identity providers, Add provider, SAML, give it the name below and upload the metadata.',
      `Make the role: IAM, Roles, Create role, SAML 2.0 federation, this provider. Give it the trust policy and the permission policy below, and a maximum session duration of at least what the identity provider sends. In the permission policy ${awsUserId} stands as it is: IAM puts the agent in.`,
      'Or let a template do all of it: CloudFormation, Terraform, or the commands for the AWS CLI. They make the same. CloudFormation asks you to allow CAPABILITY_NAMED_IAM, since the role has a name of yours.',
      'Back at the identity provider, finish the application with the values below. AWS reads the attributes Role, RoleSessionName and SessionDuration; their names begin with https://aws.amazon.com/SAML/Attributes/ and are case-sensitive.',
      'Test it: opened from the identity provider’s portal, the application must arrive in AWS, be it only at the console. The check of a response says what AWS would think of what was sent.',
    ],
    fields: [
      { theirLabel: 'IAM, Add provider, Provider name', value: 'providerName' },
      { theirLabel: 'IAM, Create role, Role name', value: 'roleName' },
      { theirLabel: 'Assertion Consumer Service URL, Reply URL, Recipient', value: 'signInAddress' },
      {
        theirLabel: 'Audience, Entity ID, Identifier',
        value: 'signInAddress',
        note: 'urn:amazon:webservices is taken, too.',
      },
      { theirLabel: 'Service provider metadata', value: 'metadataOfAws', note: 'Instead of the two above.' },
      {
        theirLabel: `Attribute ${awsAttributes}/Role`,
        value: 'roleValue',
        note: 'Role and provider with a comma and no space between them.',
      },
      {
        theirLabel: `Attribute ${awsAttributes}/RoleSessionName`,
        value: 'sessionName',
        note: '2 to 64 letters, digits and + = , . @ _ -, no space.',
      },
      {
        theirLabel: `Attribute ${awsAttributes}/SessionDuration`,
        value: 'sessionSeconds',
        note: 'In seconds. Amazon Connect ends a session after 10 hours (36000) at the latest.',
      },
    ],
    artefacts: artefactNames,
    notes: 'federation',
  },
  {
    title: 'Let the application land in the Contact Control Panel',
    text: [
      'The RelayState tells AWS where to go once it signed the person in. With the one below it opens this Environment’s instance, and there the page that agents work with. Enter it at the identity provider, or put it into the link: each product does one or the other.',
      'The destination in it decides where the window lands. Where an agent arrives in AWS but not at the Contact Control Panel, look at the destination first: /connect/ccp is the first version of the panel, /ccp-v2 the second one, and with an address at awsapps.com /connect/ccp-v2.',
      'Open the application from the identity provider’s portal: the Contact Control Panel must come up. If it does, copy the deep link of the application. It is right when it does the same outside of the portal.',
    ],
    fields: [{ theirLabel: 'RelayState', value: 'relayState' }],
    notes: 'application',
  },
  {
    title: 'Enter the deep link in Sallyport',
    text: [
      'Open the administration portal and choose the Environment at the top. Under Company Environment Configuration open Amazon Connect Integration.',
      'Tick “Amazon Connect Single Sign-On Behavior enabled”, paste the deep link into “Amazon Connect Single Sign-On URL”, tick “Auto-Close Amazon Connect Window during Sign-On”, and save. The link is checked as you paste it.',
      'Press Test there, or open the User/Agent URL of the home page and press Sign-in. Somebody who is signed in at the identity provider sees a window open and close again, and the desktop loads without a question.',
    ],
    fields: [
      { theirLabel: 'Amazon Connect Single Sign-On URL', value: 'deepLink' },
      { theirLabel: 'User/Agent URL', value: 'agentUrl', note: 'To try it.' },
    ],
  },
  {
    title: 'Hide the application from the identity provider’s portal',
    optional: true,
    text: [
      'Agents open the User/Agent URL now, and need the application of step 3 no more. Whoever opens it by hand has a Contact Control Panel beside the desktop. If the identity provider can, hide its icon without taking the access away.',
      'If it has applications that are only a link, add one with the User/Agent URL and assign it to the same people.',
    ],
    fields: [{ theirLabel: 'Address of the shortcut', value: 'agentUrl' }],
    notes: 'hide',
  },
]

export const furtherReading: readonly { readonly title: string; readonly url: string }[] = [
  {
    title: 'Amazon Connect: configure SAML with IAM, and the destination in the relay state',
    url: 'https://docs.aws.amazon.com/connect/latest/adminguide/configure-saml.html',
  },
  {
    title: 'IAM: SAML 2.0 federation',
    url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_saml.html',
  },
  {
    title: 'IAM: letting SAML 2.0 federated people open the AWS console',
    url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-saml.html',
  },
  {
    title: 'IAM: troubleshooting SAML 2.0 federation',
    url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html',
  },
]
