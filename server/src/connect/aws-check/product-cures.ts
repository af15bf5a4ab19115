// What helps at a particular identity provider, in that product's own names. A key is a check or, for all checks that lead
// to it, an error.

import type { AwsErrorId } from '#connect/aws-check/aws-errors.ts'
import { type AwsCheckCode, awsCheckWords } from '#connect/aws-check/check-words.ts'
import type { AwsFinding } from '#connect/aws-check/finding.ts'

type Cures = Readonly<Partial<Record<AwsCheckCode | AwsErrorId, string>>>

const namespace = 'https://aws.amazon.com/SAML/Attributes'

export const productCures: Readonly<Record<string, Cures>> = {
  'entra-id': {
    role: `In the enterprise application open Single sign-on, Attributes & Claims, Edit. Press “Add new claim”: Name Role, Namespace ${namespace}, Source attribute user.assignedroles. Do the same for RoleSessionName (user.userprincipalname) and SessionDuration (36000): all three are needed. Then assign the person to an app role whose value is ROLE-ARN,PROVIDER-ARN.`,
    'role-pairs':
      'In App registrations open the application, App roles, and write ROLE-ARN,PROVIDER-ARN into Value. Then assign the person to this role under Users and groups; without one Entra ID sends “Default Access” or nothing.',
    'session-name': `Under Single sign-on, Attributes & Claims press “Add new claim”: Name RoleSessionName, Namespace ${namespace}, Source attribute user.userprincipalname.`,
    'session-name-form':
      'Take user.userprincipalname or user.mail as the source of RoleSessionName. A guest’s user principal name has a # in it, which AWS does not take: use user.mail for guests.',
    'session-duration': `Add a claim SessionDuration with the Namespace ${namespace} and the constant "36000" as source.`,
    recipient:
      'Under Single sign-on, Basic SAML Configuration, set the Reply URL to https://signin.aws.amazon.com/saml, as the default one.',
    audience:
      'Under Basic SAML Configuration set the Identifier to https://signin.aws.amazon.com/saml; a second application adds #2, which Entra ID leaves out of the Audience.',
    'signature-invalid':
      'Under SAML Certificates download Federation Metadata XML of this application and upload it to the provider in IAM. Every new certificate needs that again.',
    'issuer-not-present':
      'Download Federation Metadata XML of this very application (its address ends with appid=…) and upload it to the provider in IAM.',
    'relay-state': 'Under Basic SAML Configuration put the RelayState into “Relay State (Optional)”.',
  },
  okta: {
    role: 'In the application AWS Account Federation open Sign On, Edit: check Identity Provider ARN, “Join all roles” and the Role Value Pattern, and that the person has a role under Assignments.',
    'role-pairs': `Check the Group Filter and the Role Value Pattern arn:aws:iam::\${accountid}:saml-provider/PROVIDER,arn:aws:iam::\${accountid}:role/\${role}. A role whose name has a period does not fit the usual filter.`,
    'role-name':
      'Names of roles with a period do not fit the usual Group Filter, which ends with [\\w\\-]+. Rename the role, or widen the filter.',
    'provider-missing':
      'Under Sign On, Advanced Sign-On Settings, put the ARN of the provider from IAM into Identity Provider ARN.',
    'session-name-form':
      'Under Sign On, Credentials Details, choose an Application username format without spaces, such as Okta username or Email.',
    'session-duration': 'Under Sign On, Advanced Sign-On Settings, set Session Duration to 36000.',
    'signature-invalid':
      'Under Sign On open the Identity Provider metadata of this application, and upload it to the provider in IAM.',
    'issuer-not-present':
      'Each application of Okta has an Issuer of its own: upload the metadata of this application, not of another one.',
    'relay-state': 'Under Sign On put the RelayState into Default Relay State.',
  },
  onelogin: {
    role: 'In the application Amazon Web Services (AWS) Multi Role open Parameters and give Role a value, as a macro or by rules, with ROLE-ARN,PROVIDER-ARN.',
    'session-name': 'Under Parameters set RoleSessionName to Username or Email, and tick “Include in SAML assertion”.',
    'signature-invalid':
      'Under More Actions choose SAML Metadata, and upload that file to the provider in IAM. A new certificate under SSO needs that again.',
    'relay-state': 'Under Configuration put the RelayState into RelayState.',
  },
  pingfederate: {
    role: `In the SP connection open Attribute Contract and extend it by ${namespace}/Role and ${namespace}/RoleSessionName; then fill both under Attribute Contract Fulfillment.`,
    audience: 'The Partner’s Entity ID of the SP connection is the Audience: urn:amazon:webservices. Case counts.',
    'signature-invalid':
      'Under System, Protocol Metadata, Metadata Export, export the metadata with the certificate that this connection signs with, and upload it to the provider in IAM.',
    'relay-state': 'Put the RelayState, encoded, behind &TargetResource= of the SSO Application Endpoint.',
  },
  pingone: {
    role: `In the application open Attribute Mappings and add ${namespace}/Role and ${namespace}/RoleSessionName.`,
    'signature-invalid':
      'On the tab Configuration press Download Metadata, and upload the file to the provider in IAM.',
    'relay-state':
      'Put the RelayState into Target Application URL, or, encoded, behind &applicationUrl= of the Initiate Single Sign-On URL.',
  },
  'ad-fs': {
    role: `Under Edit Claim Issuance Policy add a custom rule that issues ${namespace}/Role, as in: => issue(Type = "${namespace}/Role", Value = "ROLE-ARN,PROVIDER-ARN");`,
    'role-pairs':
      'The rule that makes a role of a group’s name (RegExReplace) leaves the name as it is where the group is called otherwise. Compare the group’s name with the pattern.',
    'session-name': `Add a rule “Send LDAP Attributes as Claims”: E-Mail-Addresses or User-Principal-Name as ${namespace}/RoleSessionName. A person without mail address has no claim then.`,
    'name-id': 'Add a rule “Transform an Incoming Claim” to Name ID, Persistent Identifier.',
    'signature-invalid':
      'AD FS renews its certificate by itself each year (AutoCertificateRollover). Upload https://YOUR-AD-FS-HOST/FederationMetadata/2007-06/FederationMetadata.xml to the provider in IAM again.',
    'relay-state':
      'Switch RelayState on: Set-AdfsProperties -EnableRelayStateForIdpInitiatedSignOn $true, and build the link as this guide says.',
  },
  shibboleth: {
    role: `In attribute-resolver.xml define an attribute whose SAML2String encoder has the name ${namespace}/Role, and release it to urn:amazon:webservices in attribute-filter.xml.`,
    'name-id':
      'Configure saml-nameid.xml and a NameIDFormatPrecedence in relying-party.xml, so that a persistent NameID is made for AWS.',
    'signature-invalid':
      'Upload idp-metadata.xml again, with the certificate of idp-signing.crt that is in use. The file is not updated by itself.',
    'relay-state': 'Put the RelayState, encoded, behind &target= of the Unsolicited SSO address.',
  },
  'google-workspace': {
    role: `Under Apps, Web and mobile apps, Amazon Web Services, SAML attribute mapping, map ${namespace}/Role to the custom attribute that holds ROLE-ARN,PROVIDER-ARN, and fill that attribute for the person.`,
    'session-name': `Map ${namespace}/RoleSessionName to Basic Information, Primary Email.`,
    'signature-invalid':
      'Under Service provider details press Download Metadata, and upload the file to the provider in IAM.',
    'relay-state': 'Put the RelayState into Start URL under Service provider details.',
  },
  jumpcloud: {
    role: `Under SSO, Attributes, add the constant attribute ${namespace}/Role with the value ROLE-ARN,PROVIDER-ARN.`,
    'signature-invalid': 'Under SSO press Export Metadata, and upload the file to the provider in IAM.',
    'relay-state': 'Put the RelayState into Default RelayState.',
  },
  duo: {
    role: `Under SAML Response, Role attributes, set the Attribute name to ${namespace}/Role, and give the groups ROLE-ARN,PROVIDER-ARN as Service Provider’s Role.`,
    'signature-invalid': 'Under Downloads take the SAML Metadata, and upload the file to the provider in IAM.',
    'relay-state': 'Put the RelayState into Default Relay State.',
  },
  keycloak: {
    role: `In the client urn:amazon:webservices give the client scope mappers: a Role list with the Role attribute name ${namespace}/Role and “Single Role Attribute” on, and client roles that are called ROLE-ARN,PROVIDER-ARN. Take the scope role_list away.`,
    'session-name': `Add a mapper User Property: Property username, SAML Attribute Name ${namespace}/RoleSessionName.`,
    'relay-state': 'Put the RelayState into “IDP Initiated SSO Relay State” of the client.',
  },
  auth0: {
    role: `In the Action or Rule of the application map ${namespace}/Role to a property of the person that holds ROLE-ARN,PROVIDER-ARN.`,
    'relay-state': 'Put the RelayState, encoded, behind ?RelayState= of the link.',
  },
  'iam-identity-center': {
    role: `Under Applications, the application, Actions, Edit attribute mappings, map ${namespace}/Role to the constant ROLE-ARN,PROVIDER-ARN with the format unspecified.`,
    'session-name': `Map ${namespace}/RoleSessionName to \${user:email} or \${user:preferredUsername}.`,
    'not-onboarded': `The RoleSessionName is what the attribute mapping says: \${user:email} needs mail addresses as login names in Amazon Connect.`,
    'relay-state': 'Put the RelayState into Relay state under Application properties.',
  },
}

/** Undefined where nothing particular is known of the product. */
export function productCure(
  product: string | undefined,
  ...subjects: readonly (AwsCheckCode | AwsErrorId | undefined)[]
): string | undefined {
  const cures = product === undefined || !Object.hasOwn(productCures, product) ? undefined : productCures[product]
  const subject = subjects.find((one) => one !== undefined && cures?.[one] !== undefined)
  return subject && cures?.[subject]
}

/** What helps where a check failed. */
export function cureOf({ code, causes }: Pick<AwsFinding, 'code' | 'causes'>, product: string | undefined): string {
  // New metadata is no help where nothing is signed.
  const error = code === 'signed' ? undefined : causes?.error
  return productCure(product, code, error) ?? awsCheckWords[code].cure
}
