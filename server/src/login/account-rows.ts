// What becomes of an account, row by row: each rule, the assertion that is sent, and the account that results.

import type {} from 'node:test' // marks this file as one for tests

/** The values of each attribute; `given` merges these with a first and last name and an address. */
export type Sent = Readonly<Record<string, readonly string[]>>

export type AccountRow = {
  readonly rule: string
  /** Changes to `createUsers`; null takes a setting away. */
  readonly attributes?: Readonly<Record<string, string | null>>
  readonly defaults?: Readonly<Record<string, unknown>>
  /** The assertions of one person, one sign-in after the other. */
  readonly signIns: readonly Sent[]
  /** `type | first last <address> | *primary, further teams | profile | *default application: roles` */
  readonly account: string
  /** What SSOErrorMessage says at the last sign-in. */
  readonly fault?: RegExp
}

const basics: Sent = { first: ['Ada'], last: ['Lindqvist'], mail: ['ada@acme.example'] }
const given = (more: Sent = {}): Sent => ({ ...basics, ...more })
const ada = 'Ada Lindqvist <ada@acme.example>'
const regular = `platform | ${ada} | *Agents | Regular User | *Service Desk: Agent`
const portal = `site | ${ada} | *Portal Users and Customers, Agents | Portal User Profile | none`

export const creation: readonly AccountRow[] = [
  { rule: 'nothing but names is sent: the defaults', signIns: [given()], account: regular },
  {
    rule: 'names and address that are not sent stay empty',
    signIns: [{}],
    account: regular.replace(ada, '- - <->'),
  },
  {
    rule: 'of several values of a name the first counts',
    signIns: [given({ first: ['Ada', 'Augusta'], last: ['', 'Lovelace'] })],
    account: regular.replace('Ada Lindqvist', 'Ada Lovelace'),
  },
  // User type.
  { rule: 'PLATFORM makes a Platform User', signIns: [given({ type: ['PLATFORM'] })], account: regular },
  { rule: 'SITE makes a Site User', signIns: [given({ type: ['SITE'] })], account: portal },
  { rule: 'an unknown user type is the default', signIns: [given({ type: ['GUEST'] })], account: regular },
  { rule: 'an empty user type is the default', signIns: [given({ type: [''] })], account: regular },
  { rule: 'the default user type', defaults: { userType: 'site' }, signIns: [given()], account: portal },
  {
    rule: 'the attribute overrides the default user type',
    defaults: { userType: 'site' },
    signIns: [given({ type: ['PLATFORM'] })],
    account: regular,
  },
  {
    rule: 'Attribute for User Type is not configured: the default',
    attributes: { userType: null },
    signIns: [given({ type: ['SITE'] })],
    account: regular,
  },
  // Teams.
  {
    rule: 'a team by its name',
    signIns: [given({ team: ['Sales'] })],
    account: regular.replace('*Agents', '*Sales'),
  },
  {
    rule: 'several teams joined with _::_: the first is primary',
    signIns: [given({ team: ['Support_::_Agents_::_Sales'] })],
    account: regular.replace('*Agents', '*Support, Agents, Sales'),
  },
  {
    rule: 'several teams as several values',
    signIns: [given({ team: ['Support', 'Sales'] })],
    account: regular.replace('*Agents', '*Support, Sales'),
  },
  {
    rule: 'several teams in both ways, one of them twice, with spaces and empty parts',
    signIns: [given({ team: [' Support _::__::_ Sales', 'Support', 'Agents_::_'] })],
    account: regular.replace('*Agents', '*Support, Agents, Sales'),
  },
  { rule: 'an empty team is the default', signIns: [given({ team: [''] })], account: regular },
  { rule: 'a team that does not exist is the default', signIns: [given({ team: ['Nobody'] })], account: regular },
  { rule: 'names are compared exactly: sales is not Sales', signIns: [given({ team: ['sales'] })], account: regular },
  {
    rule: 'of several teams those that exist count',
    signIns: [given({ team: ['Nobody_::_Sales'] })],
    account: regular.replace('*Agents', '*Sales'),
  },
  {
    rule: 'Attribute for Team is not configured: the default',
    attributes: { team: null },
    signIns: [given({ team: ['Sales'] })],
    account: regular,
  },
  // Access profile, application, roles.
  {
    rule: 'an access profile by its name',
    signIns: [given({ profile: ['Supervisors'] })],
    account: regular.replace('Regular User', 'Supervisors'),
  },
  {
    rule: 'an access profile by its record id',
    signIns: [given({ profile: ['prof_supervisors'] })],
    account: regular.replace('Regular User', 'Supervisors'),
  },
  {
    rule: 'a record id comes before a name',
    signIns: [given({ profile: ['prof_called_so'] })],
    account: regular.replace('Regular User', 'Called so'),
  },
  {
    rule: 'a profile that does not exist is the default',
    defaults: { accessProfile: 'Supervisors' },
    signIns: [given({ profile: ['Nobody'] })],
    account: regular.replace('Regular User', 'Supervisors'),
  },
  {
    rule: 'without any profile it is that of a regular user',
    signIns: [given({ profile: [''] })],
    account: regular,
  },
  {
    rule: 'an application by its name, and roles of that application',
    signIns: [given({ app: ['Field Work'], role: ['Driver'] })],
    account: regular.replace('*Service Desk: Agent', '*Field Work: Driver'),
  },
  {
    rule: 'an application that does not exist is the default',
    signIns: [given({ app: ['Nowhere'] })],
    account: regular,
  },
  {
    rule: 'no application at all: no roles',
    defaults: { application: undefined, roles: [] },
    signIns: [given({ role: ['Agent'] })],
    account: regular.replace('*Service Desk: Agent', 'none'),
  },
  {
    rule: 'several roles joined with _::_',
    signIns: [given({ role: ['Agent_::_Manager'] })],
    account: regular.replace(': Agent', ': Agent, Manager'),
  },
  {
    rule: 'several roles as several values',
    signIns: [given({ role: ['Manager', 'Agent'] })],
    account: regular.replace(': Agent', ': Agent, Manager'),
  },
  {
    rule: 'roles that do not exist are the default, which may be several',
    defaults: { roles: ['Agent', 'Manager'] },
    signIns: [given({ role: ['Nobody'] })],
    account: regular.replace(': Agent', ': Agent, Manager'),
  },
  {
    rule: 'a role of another application does not exist in this one',
    signIns: [given({ role: ['Driver'] })],
    account: regular,
  },
  // Site Users.
  {
    rule: 'Site Users: the teams that are sent are further ones',
    signIns: [given({ type: ['SITE'], team: ['Sales_::_Support'] })],
    account: portal.replace(', Agents', ', Sales, Support'),
  },
  {
    rule: 'Site Users: the portal’s team among those that are sent stays primary',
    signIns: [given({ type: ['SITE'], team: ['Sales_::_Portal Users and Customers'] })],
    account: portal.replace(', Agents', ', Sales'),
  },
  {
    rule: 'Site Users: profile, application and roles are ignored',
    signIns: [given({ type: ['SITE'], profile: ['Supervisors'], app: ['Field Work'], role: ['Driver'] })],
    account: portal,
  },
  {
    rule: 'Site Users need no team but the portal’s',
    defaults: { userType: 'site', team: undefined },
    signIns: [given()],
    account: portal.replace(', Agents', ''),
  },
]

const teams = given({ team: ['Sales_::_Support'] })
const withTeams = regular.replace('*Agents', '*Sales, Support')
const roles = given({ role: ['Agent_::_Manager'] })

export const sync: readonly AccountRow[] = [
  {
    rule: 'first name, last name and address follow',
    signIns: [given(), { first: ['Augusta'], last: ['King'], mail: ['augusta@acme.example'] }],
    account: regular.replace(ada, 'Augusta King <augusta@acme.example>'),
  },
  {
    rule: 'names that are absent or empty stay',
    signIns: [given(), { first: [''], mail: [] }],
    account: regular,
  },
  {
    rule: 'an address that differs in capitals only is the same person’s',
    signIns: [given(), given({ mail: ['Ada@Acme.example'] })],
    account: regular.replace('ada@acme', 'Ada@Acme'),
  },
  {
    rule: 'teams that are sent replace those that were there',
    signIns: [teams, given({ team: ['Agents'] })],
    account: regular,
  },
  {
    rule: 'the first team becomes primary, the former primary one a further one',
    signIns: [teams, given({ team: ['Support_::_Sales'] })],
    account: regular.replace('*Agents', '*Support, Sales'),
  },
  { rule: 'teams that are absent stay', signIns: [teams, given()], account: withTeams },
  { rule: 'teams that are empty stay', signIns: [teams, given({ team: ['', '_::_'] })], account: withTeams },
  {
    rule: 'a team that does not exist: nothing is applied, and the header says why',
    signIns: [teams, given({ first: ['Augusta'], team: ['Agnets'] })],
    account: withTeams,
    fault: /the team "Agnets" \(is "Agents" meant\?\), which does not exist/,
  },
  {
    rule: 'one team of several that does not exist is enough',
    signIns: [teams, given({ team: ['Agents_::_Nobody'], role: ['Manager'] })],
    account: withTeams,
    fault: /the team "Nobody", which does not exist/,
  },
  {
    rule: 'roles that are sent replace those that were there',
    signIns: [roles, given({ role: ['Manager'] })],
    account: regular.replace(': Agent', ': Manager'),
  },
  {
    rule: 'roles that are absent or empty stay',
    signIns: [roles, given(), given({ role: [''] })],
    account: regular.replace(': Agent', ': Agent, Manager'),
  },
  {
    rule: 'a role that does not exist: nothing is applied, not the teams either',
    signIns: [roles, given({ team: ['Sales'], role: ['Agent_::_Manger'] })],
    account: regular.replace(': Agent', ': Agent, Manager'),
    fault: /the role "Manger" \(is "Manager"( or "Agent")? meant\?\), which does not exist/,
  },
  {
    rule: 'a role where the person has no application does not exist',
    defaults: { application: undefined, roles: [] },
    signIns: [given(), given({ role: ['Agent'] })],
    account: regular.replace('*Service Desk: Agent', 'none'),
    fault: /the role "Agent", which does not exist/,
  },
  {
    rule: 'user type, profile and application are of the creation and stay',
    signIns: [given(), given({ type: ['SITE'], profile: ['Supervisors'], app: ['Field Work'] })],
    account: regular,
  },
  {
    rule: 'Site Users: further teams follow, the primary one stays',
    signIns: [given({ type: ['SITE'] }), given({ team: ['Sales_::_Support'] })],
    account: portal.replace(', Agents', ', Sales, Support'),
  },
  {
    rule: 'Site Users: roles never, not even those that do not exist',
    signIns: [given({ type: ['SITE'] }), given({ role: ['Nobody'] })],
    account: portal,
  },
  {
    rule: 'an attribute that is not configured any more changes nothing',
    attributes: { team: null },
    signIns: [given(), given({ team: ['Nobody'] })],
    account: regular,
  },
]
