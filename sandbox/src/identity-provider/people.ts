/**
 * The people of the sandbox's directory and what it says of them. Invented; any likeness is chance.
 * It knows nothing of sign-in: `answer.ts` puts these attributes into assertions.
 */
import { uris } from '@sallyport/saml'
import type { AssertionToWrite } from '@sallyport/saml/identity-provider'

export type Person = {
  /** What the NameID and the attribute `uid` say. */
  readonly username: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly teams: readonly string[]
  readonly roles: readonly string[]
  /** Undefined: the attribute is left out. */
  readonly authorizedClientIds?: readonly string[]
}

type AttributeToWrite = AssertionToWrite['attributes'][number]

const clients = {
  webRtcMediaHelper: '64cd7f8c-207b-4caf-b888-56b8e17384a6',
  tempoAndroid: 'a726a4a8-9915-4966-9ac2-b8c9064fe30d',
  tempoIos: '9fa531f6-e8a9-4f83-b6d6-12f66f7edb5e',
} as const

export const people: readonly Person[] = [
  {
    username: 'ada',
    firstName: 'Ada',
    lastName: 'Lindqvist',
    email: 'ada@acme.example',
    teams: ['Support', 'Billing'],
    roles: ['Agent', 'Manager'],
    authorizedClientIds: Object.values(clients),
  },
  {
    username: 'grace',
    firstName: 'Grace',
    lastName: 'Okafor',
    email: 'grace@acme.example',
    teams: ['Support'],
    roles: ['Agent'],
    authorizedClientIds: [clients.tempoAndroid, clients.tempoIos],
  },
  {
    username: 'alan',
    firstName: 'Alan',
    lastName: 'Moreau',
    email: 'alan@acme.example',
    teams: ['Field Service'],
    roles: ['Agent'],
    authorizedClientIds: [clients.webRtcMediaHelper],
  },
  {
    username: 'katherine',
    firstName: 'Katherine',
    lastName: 'Silva',
    email: 'katherine@acme.example',
    teams: ['Quality', 'Support'],
    roles: ['Analyst'],
  },
  {
    username: 'zoe',
    firstName: 'Zoë',
    lastName: 'D’Arcy & <Søn>', // whatever shows this name must escape it
    email: "zoe.d'arcy+desk@acme.example",
    teams: ['Billing'],
    roles: ['Agent'],
    authorizedClientIds: [],
  },
]

/** Joins several teams or roles in one value, as AgileApps reads them. */
const separator = '_::_'

const aws = {
  namespace: 'https://aws.amazon.com/SAML/Attributes/',
  role: 'arn:aws:iam::123456789012:role/AmazonConnectAgent,arn:aws:iam::123456789012:saml-provider/SandboxDirectory',
  sessionDuration: '36000',
} as const

export function personNamed(username: string): Person | undefined {
  return people.find((person) => person.username === username)
}

export function fullName(person: Person): string {
  return `${person.firstName} ${person.lastName}`
}

export function attributesOf(person: Person): readonly AttributeToWrite[] {
  const { authorizedClientIds } = person
  return [
    basic('uid', person.username),
    basic('firstName', person.firstName),
    basic('lastName', person.lastName),
    basic('email', person.email),
    basic('teams', person.teams.join(separator)),
    basic('roles', person.roles.join(separator)),
    ...(authorizedClientIds === undefined ? [] : [basic('AuthorizedClientIDs', ...authorizedClientIds)]),
    awsClaim('Role', aws.role),
    awsClaim('RoleSessionName', person.username),
    awsClaim('SessionDuration', aws.sessionDuration),
  ]
}

function basic(name: string, ...values: readonly string[]): AttributeToWrite {
  return { name, nameFormat: uris.attributeName.basic, values }
}

function awsClaim(name: string, value: string): AttributeToWrite {
  return { name: aws.namespace + name, nameFormat: uris.attributeName.uri, values: [value] }
}
