// What to do at one identity provider, beside what its module of deep links says.

import { awsAttributes, type ProductNote } from '#connect/federation-guide/guide.ts'

const listingUser =
  'make the IAM user with role-listing-policy.json, make an access key for it, and enter the two parts of the key there.'

/** As IAM Identity Center writes it. */
const address = `\${user:email}`

export const federationNotes: Readonly<Record<string, readonly ProductNote[]>> = {
  'entra-id': [
    {
      text: [
        'Use “AWS Single-Account Access” from the gallery. Identifier and Reply URL are {signInAddress}. A second application in the same tenant needs another Identifier: add #2 at its end, which Entra ID leaves out of the Audience.',
        `It looks up the roles of the account under Provisioning, Automatic, Admin Credentials: ${listingUser} After the first run the roles are there under Users and groups; assign people with the role {roleName}. Without Provisioning, add an app role with the value {roleValue} by hand.`,
      ],
    },
    {
      text: [
        'If AWS answers “Your request included an invalid SAML response” at the end, the three claims that it needs are most likely not set up. Open Single sign-on, Attributes & Claims, Edit, see whether they are there, and if not, press “Add new claim” for each.',
      ],
      table: {
        columns: ['Name', 'Namespace', 'Source attribute'],
        rows: [
          ['RoleSessionName', awsAttributes, 'user.userprincipalname'],
          ['Role', awsAttributes, 'user.assignedroles'],
          ['SessionDuration', awsAttributes, '{sessionSeconds} (a constant, in seconds; 36000 is 10 hours)'],
        ],
      },
    },
  ],
  okta: [
    {
      text: [
        'Use “AWS Account Federation” from the catalog. Under Sign On, Edit, set Identity Provider ARN to {providerArn} and Session Duration to {sessionSeconds}.',
        `It looks up the roles of the account under Provisioning, Integration: ${listingUser} Then choose the role {roleName} where you assign people or groups.`,
        'Or let groups decide, with “Use Group Mapping”: a group is named aws#ALIAS#ROLE#ACCOUNT, and the Group Filter is ^aws\\#\\S+\\#(?{{role}}[\\w\\-]+)\\#(?{{accountid}}\\d+)$. With this filter the role’s name may have no period.',
      ],
    },
  ],
  'google-workspace': [
    {
      text: [
        'Add the web application “Amazon Web Services”. Attributes of people hold the role: add a custom attribute whose value is {roleValue}, and map it to Role. Map Primary email to RoleSessionName.',
      ],
    },
  ],
  'ad-fs': [
    {
      text: [
        'Add a relying party trust from {metadataOfAws}. Add issuance rules: Name ID from the account, RoleSessionName from the mail address, Role as the fixed value {roleValue} (or from names of groups), and SessionDuration as {sessionSeconds}.',
      ],
    },
  ],
  onelogin: [
    {
      text: [
        'Use “Amazon Web Services (AWS)” from the catalog. Under Parameters set Role to {roleValue}, RoleSessionName to Email and SessionDuration to {sessionSeconds}.',
      ],
    },
  ],
  pingfederate: [
    {
      text: [
        'Make an SP connection from {metadataOfAws} with IdP-initiated SSO switched on. In the attribute contract add the three attributes with their whole names, and fill them in the fulfilment.',
      ],
    },
  ],
  pingone: [
    {
      text: [
        'Make a SAML application from {metadataOfAws}. Under Attribute Mappings add the three attributes with their whole names; Role is the constant {roleValue}.',
      ],
    },
  ],
  jumpcloud: [
    {
      text: [
        'Use “AWS IAM” from the list. Set Role to {roleValue} as a constant attribute, and RoleSessionName to email.',
      ],
    },
  ],
  duo: [
    {
      text: [
        'Use “Amazon Web Services - Single Sign-On” or “Generic SAML Service Provider”. Under Map attributes and Create attributes set the three attributes; Role is {roleValue}.',
      ],
    },
  ],
  auth0: [
    {
      text: [
        'Switch on the SAML2 Web App addon with the callback {signInAddress} and the audience {signInAddress}. An Action sets the three attributes: api.samlResponse.setAttribute(name, value).',
      ],
    },
  ],
  'iam-identity-center': [
    {
      text: [
        `Under Applications add Amazon Connect from the catalog, or a custom SAML 2.0 application. Map Subject to ${address}, Role to {roleValue} and RoleSessionName to ${address}.`,
      ],
    },
  ],
  shibboleth: [
    {
      text: [
        'Load the metadata of AWS from {metadataOfAws}. Resolve and release the three attributes to urn:amazon:webservices, and turn encryption of assertions off for it. Send NameIDs as persistent.',
      ],
    },
  ],
  keycloak: [
    {
      text: [
        'Import {metadataOfAws} as a client. Take the default client scope role_list away, or its attribute Role stands beside that of AWS. Add mappers with the whole names: Role as a hardcoded attribute {roleValue}, RoleSessionName from the property username.',
      ],
    },
  ],
  simplesamlphp: [
    {
      text: [
        'Convert {metadataOfAws} into metadata/saml20-sp-remote.php and set the three attributes with core:AttributeAdd and core:AttributeMap. AWS takes attribute names of the format uri or basic.',
      ],
    },
  ],
  'lemonldap-ng': [
    {
      text: [
        'Add a SAML service provider from {metadataOfAws}. Export the three attributes with their whole names; Role is a macro with the value {roleValue}. Allow the use of an IDP initiated address.',
      ],
    },
  ],
}
