export const companies = {
  title: 'Companies',
  intro: 'A Company is a customer. Each of its Environments has connections, people and clients of its own.',
  add: 'New Company',
  emptyTitle: 'There is no Company yet',
  empty: 'Make the first one. Its first Environment comes with it.',
  columns: { name: 'Environment', slug: 'In addresses', url: 'User/Agent URL' },
  noEnvironments: 'This Company has no Environment.',
  administrators: 'Administrators',
  rename: 'Rename',
  renameTitle: 'Rename the Company',
  renameName: 'Name',
  renameHelp: 'Its addresses stay as they are.',
  renamed: 'The Company is renamed.',
  addEnvironment: 'New Environment',
} as const

export const newCompany = {
  title: 'New Company',
  intro: 'It gets a first Environment, and more later. You can invite its own administrators as soon as it is there.',
  company: 'Company',
  name: 'Name',
  nameHelp: 'As people know the customer.',
  slug: 'Short name in addresses',
  slugHelp: 'Lower-case letters, digits and hyphens. It never changes.',
  environment: 'First Environment',
  environmentName: 'Name of the Environment',
  environmentNameHelp: 'Such as “Production”.',
  environmentSlug: 'Short name of the Environment',
  address: (address: string) => `People will sign in at ${address}`,
  submit: 'Make the Company',
  added: (name: string) => `${name} is there.`,
  /** What is offered for the first Environment. */
  first: { name: 'Production', slug: 'production' },
} as const

export const newEnvironment = {
  title: (company: string) => `New Environment of ${company}`,
  submit: 'Make the Environment',
  added: (name: string) => `${name} is there, with no connection yet.`,
} as const

export const environment = {
  title: 'Environment',
  intro: 'What the Environment is called, where people land after signing in, and how long records are kept.',
  identity: 'Name',
  name: 'Name',
  slug: 'In addresses',
  slugHelp: 'It never changes.',
  url: 'User/Agent URL',
  id: 'Id',
  targets: 'Targets',
  targetsHelp:
    'Where people may be sent after signing in, one in each line. The first is where they land, and may have a path that ends in a slash; the others are origins like https://app.example.com. Empty: the User/Agent URL alone.',
  saved: 'The Environment is saved.',
  records: 'Sign-in records',
  recordsIntro: 'They tell why somebody could not sign in. What is over is erased for good.',
  recordDays: 'Records are kept so many days',
  recordDaysHelp: 'From 1 to 730.',
  messageDays: 'Messages are kept so many days',
  messageDaysHelp:
    'Requests and responses of identity providers, encrypted; from 0 to 90. 0 keeps none, and erases those that are kept.',
  recordsSaved: 'The retention is saved.',
  others: 'Set elsewhere',
  limits: 'Session limits',
  connections: 'Single Sign-On Settings',
  versions: 'Versions of the configuration',
  another: 'Another Environment',
  anotherIntro: 'For tests, or for a region: with connections, people and clients of its own.',
  remove: 'Remove the Environment',
  removeIntro: 'With everything that belongs to it. Nothing of it can be brought back.',
  removeWhat: (name: string, counted: string) =>
    `${name} will be removed for good, with ${counted}, its sign-in records and its audit. Nobody can sign in there any more.`,
  counted: (contents: {
    readonly users: number
    readonly openSessions: number
    readonly connections: number
    readonly clients: number
  }) =>
    [
      inNumber(contents.users, 'user', 'users'),
      inNumber(contents.openSessions, 'open session', 'open sessions'),
      inNumber(contents.connections, 'connection', 'connections'),
      inNumber(contents.clients, 'client', 'clients'),
    ].join(', '),
  removeConfirm: 'Remove for good',
  removed: (name: string) => `${name} is removed.`,
} as const

function inNumber(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
