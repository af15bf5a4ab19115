export const preview = {
  title: 'What the mapping would change',
  intro:
    'The settings above, saved or not, are tried on the newest sign-ins whose messages are kept. Nothing is changed by looking.',
  button: 'Preview the changes',
  again: 'Preview once more',
  stale: 'The settings have changed since. Preview once more.',
  noSignIns:
    'No sign-in through this connection is kept to try it on. The retention of messages says how long they are kept.',
  nothing: (people: number) =>
    `Nothing would change for anybody of the ${people} ${people === 1 ? 'person' : 'people'} who signed in lately.`,
  summary: (changed: number, people: number) => `Something would change for ${changed} of ${people}`,
  columns: { who: 'Who', change: 'What would change' },
  access: { lost: 'Could no longer sign in', gained: 'Could sign in' },
  account: {
    another: 'Taken for another user',
    new: 'A new user is made',
    none: 'No user is found',
  },
  none: 'none',
  redacted: 'Names and addresses of people are hidden: your role does not show them.',
} as const
