export const home = {
  intro: 'Where this Environment stands.',
  agentUrl: 'User/Agent URL',
  agentUrlIntro:
    'Where the people of this Environment sign in. Give it to them, or put it into your identity provider’s menu.',
  people: 'People',
  signedInNow: 'Active sessions',
  clients: 'Clients',
  keys: 'Signing keys',
  first: 'Where to begin',
} as const
