/**
 * The people of the sandbox's directory and what it says of them. Invented; any likeness is chance.
 * It knows nothing of sign-in: `answer.ts` puts these attributes into assertions.
 */
import { type NameId, uris } from '@sallyport/saml'
import type { AssertionToWrite } from '@sallyport/saml/identity-provider'
import { demo } from '../demo.ts'

export type Person = {
  /** What the NameID and the attribute `uid` say. */
  readonly username: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly teams: readonly string[]
  readonly roles: readonly string[]
  /** How several teams or roles are sent: joined in one value, or each as a value of its own. Joined where it is absent. */
  readonly several?: 'joined' | 'values'
  readonly userType: 'PLATFORM' | 'SITE'
  /** Undefined: the attribute is left out, as is that of the roles where there are none. */
  readonly application?: string
  /** Undefined: the attribute is left out, and all clients are allowed. Empty: it has no values, and none is. */
  readonly authorizedClientIds?: readonly string[]
}

/** How assertions and logouts name a person. */
export function nameIdOf(person: Person): NameId {
  return { value: person.username, format: uris.nameId.unspecified }
}

export type AttributeToWrite = AssertionToWrite['attributes'][number]

const { clients } = demo

/** Client ids that the person may use; the name is case-sensitive. */
export const authorizedClientIdsName = 'AuthorizedClientIDs'

/** The application of the demo's Company, see demo/sallyport.yaml. */
const serviceDesk = 'Service Desk'

export const people: readonly Person[] = [
  {
    username: 'ada',
    firstName: 'Ada',
    lastName: 'Lindqvist',
    email: 'ada@acme.example',
    teams: ['Agents', 'Supervisors'],
    roles: ['Agent', 'Manager'],
    userType: 'PLATFORM',
    application: serviceDesk,
    authorizedClientIds: Object.values(clients),
  },
  {
    username: 'grace',
    firstName: 'Grace',
    lastName: 'Okafor',
    email: 'grace@acme.example',
    teams: ['Supervisors', 'Agents'],
    roles: ['Manager', 'Agent'],
    several: 'values',
    userType: 'PLATFORM',
    application: serviceDesk,
    authorizedClientIds: [clients.tempoAndroid, clients.tempoIos],
  },
  {
    username: 'alan',
    firstName: 'Alan',
    lastName: 'Moreau',
    email: 'alan@acme.example',
    teams: ['Agents'],
    roles: [],
    userType: 'SITE',
    authorizedClientIds: [clients.mediaHelper],
  },
  {
    username: 'katherine',
    firstName: 'Katherine',
    lastName: 'Silva',
    email: 'katherine@acme.example',
    teams: ['Quality'], // which Acme does not have
    roles: ['Agent'],
    userType: 'PLATFORM',
    application: serviceDesk,
  },
  {
    username: 'zoe',
    firstName: 'Zoë',
    lastName: 'D’Arcy & <Søn>', // whatever shows this name must escape it
    email: "zoe.d'arcy+desk@acme.example",
    teams: ['Agents'],
    roles: ['Agent'],
    userType: 'PLATFORM',
    application: serviceDesk,
    authorizedClientIds: [],
  },
]

/** Joins several teams or roles in one value, as AgileApps reads them. */
const separator = '_::_'

const iam = `arn:aws:iam::${demo.aws.accountId}`

const aws = {
  namespace: 'https://aws.amazon.com/SAML/Attributes/',
  role: `${iam}:role/${demo.aws.roleName},${iam}:saml-provider/${demo.aws.providerName}`,
  sessionDuration: '36000',
} as const

export function personNamed(username: string): Person | undefined {
  return people.find((person) => person.username === username)
}

export function fullName(person: Person): string {
  return `${person.firstName} ${person.lastName}`
}

/** Which of the applications the directory lets a person use, in words. */
export function applicationsInWords({ authorizedClientIds: allowed }: Person): string {
  if (allowed === undefined) return 'says nothing of applications'
  const { mediaHelper, tempoAndroid, tempoIos } = clients
  const names = [
    ...(allowed.includes(mediaHelper) ? ['Media Helper'] : []),
    ...(allowed.includes(tempoAndroid) || allowed.includes(tempoIos) ? ['Tempo'] : []),
  ]
  return names.length === 0 ? 'no application' : names.join(' and ')
}

export function attributesOf(person: Person): readonly AttributeToWrite[] {
  const { authorizedClientIds } = person
  return [
    basic('uid', person.username),
    basic('firstName', person.firstName),
    basic('lastName', person.lastName),
    basic('email', person.email),
    basic('teams', ...severalOf(person, person.teams)),
    ...(person.roles.length === 0 ? [] : [basic('roles', ...severalOf(person, person.roles))]),
    ...(person.application === undefined ? [] : [basic('application', person.application)]),
    basic('userType', person.userType),
    ...(authorizedClientIds === undefined ? [] : [basic(authorizedClientIdsName, ...authorizedClientIds)]),
    awsClaim('Role', aws.role),
    awsClaim('RoleSessionName', person.username),
    awsClaim('SessionDuration', aws.sessionDuration),
  ]
}

function severalOf({ several = 'joined' }: Person, names: readonly string[]): readonly string[] {
  return several === 'values' ? names : [names.join(separator)]
}

function basic(name: string, ...values: readonly string[]): AttributeToWrite {
  return { name, nameFormat: uris.attributeName.basic, values }
}

function awsClaim(name: string, value: string): AttributeToWrite {
  return { name: aws.namespace + name, nameFormat: uris.attributeName.uri, values: [value] }
}
