export const versions = {
  title: 'Versions',
  intro: 'Every change of the configuration, the newest first. Each can be looked at and taken back.',
  of: (name: string) => `Versions of ${name}`,
  all: 'All versions',
  kind: 'Kind',
  allKinds: 'All kinds',
  kinds: {
    connection: 'Connection',
    client: 'Client',
    addresses: 'Allowed IP Addresses',
    policy: 'Policy',
    'session-settings': 'Session limits',
    targets: 'Environment',
    'amazon-connect': 'Amazon Connect',
  },
  done: { created: 'Added', changed: 'Changed', removed: 'Removed' },
  columns: {
    at: 'When',
    what: 'What',
    number: 'Version',
    done: 'Done',
    fields: 'Fields',
    actor: 'Who',
  },
  open: (number: number) => `Version ${number}`,
  more: (count: number) => `and ${count} more`,
  emptyTitle: 'No version yet',
  empty: 'The next change of connections, clients, access, session limits or targets begins the list.',
} as const

export const version = {
  back: 'Versions',
  title: (name: string, number: number) => `${name}, version ${number}`,
  facts: 'The change',
  done: 'Done',
  kind: 'Kind',
  at: 'When',
  actor: 'Who',
  subject: 'Of',
  others: 'All versions of it',
  difference: 'Before and after',
  columns: { field: 'Field', before: 'Before', after: 'After' },
  nothing: '–',
  lines: (count: number) => `${count} lines`,
  newest: 'This is how it is now.',
  revert: 'Take this change back',
  revertWhat: (name: string, count: number) =>
    `${name} will be as it was before this change: ${inNumber(count)}, at once, for everybody. That becomes a new version, so it can be taken back, too.`,
  revertConfirm: 'Take it back',
  bringBack: 'Bring this version back',
  bringBackWhat: (name: string, count: number) =>
    `${name} will be as this version left it: ${inNumber(count)}, at once, for everybody. That becomes a new version, so it can be taken back, too.`,
  bringBackConfirm: 'Bring it back',
  comesBack: (name: string) => `${name} is gone now, and comes back.`,
  fieldColumns: { field: 'Field', now: 'Now', later: 'Afterwards' },
  lockOut: 'Do it even though my own address is not allowed then',
  reverted: (name: string) => `${name} is as it was.`,
  same: 'Nothing would change: it is like that now.',
  link: 'Versions',
} as const

function inNumber(count: number): string {
  return `${count} ${count === 1 ? 'field changes' : 'fields change'}`
}
