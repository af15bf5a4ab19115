// An agent and their contacts, as the Contact Control Panel tells them to the page around it. Pure: a snapshot and what
// happens go in, the next snapshot comes out. Times are Dates: the page around it reckons with them.

const states = [
  { name: 'Available', type: 'routable' },
  { name: 'Break', type: 'not_routable' },
  { name: 'Lunch', type: 'not_routable' },
  { name: 'Offline', type: 'offline' },
]

export function configurationOf({ username, name, instanceArn }) {
  const queue = queueOf(instanceArn)
  const routingProfile = `${instanceArn}/routing-profile/r1`
  return {
    name,
    username,
    softphoneEnabled: true,
    softphoneAutoAccept: false,
    extension: '',
    permissions: ['outboundCall', 'voiceId'],
    dialableCountries: ['us', 'gb'],
    agentStates: agentStates(instanceArn),
    routingProfile: {
      name: 'Basic',
      routingProfileARN: routingProfile,
      routingProfileId: routingProfile,
      queues: [queue],
      defaultOutboundQueue: queue,
      channelConcurrencyMap: { VOICE: 1 },
    },
  }
}

export function firstSnapshot({ instanceArn }, now) {
  const [available] = agentStates(instanceArn)
  return snapshot({ state: { ...available, startTimestamp: now }, contacts: [] }, now)
}

function agentStates(instanceArn) {
  return states.map(({ name, type }) => ({
    name,
    type,
    agentStateARN: `${instanceArn}/agent-state/${name.toLowerCase()}`,
  }))
}

function queueOf(instanceArn) {
  const arn = `${instanceArn}/queue/q1`
  return { name: 'BasicQueue', queueARN: arn, queueId: arn }
}

/** What the agent can be said to be doing follows from the contacts. */
function snapshot({ state, contacts }, now) {
  return {
    state,
    nextState: null,
    contacts,
    agentAvailabilityState: { state: availability(state, contacts), timeStamp: now },
    snapshotTimestamp: now,
  }
}

function availability(state, contacts) {
  const types = contacts.map((contact) => contact.state.type)
  if (types.includes('connected')) return 'Busy'
  if (types.includes('connecting')) return 'PendingBusy'
  if (types.includes('ended')) return 'AfterCallWork'
  if (types.includes('missed')) return 'MissedCallAgent'
  return state.name
}

function connection(connectionId, type, state, { now, initial, number }) {
  return {
    connectionId,
    type,
    initial,
    state: { type: state, timestamp: now },
    endpoint: {
      endpointId: null,
      endpointARN: null,
      type: 'phone_number',
      phoneNumber: number,
      name: null,
      queue: null,
    },
    softphoneMediaInfo: null,
    monitorStatus: null,
    mute: false,
  }
}

/** A call comes in. One at a time, as the routing profile says. */
function ring(before, { id, now, instanceArn }) {
  if (before.contacts.length > 0 || before.state.type !== 'routable') return before
  const contact = {
    contactId: id,
    initialContactId: null,
    type: 'voice',
    state: { type: 'connecting', timestamp: now },
    queue: queueOf(instanceArn),
    queueTimestamp: now,
    attributes: {},
    connections: [
      connection(`${id}-agent`, 'agent', 'connecting', { now, initial: false, number: 'softphone' }),
      connection(`${id}-caller`, 'inbound', 'connected', { now, initial: true, number: '+15550100' }),
    ],
  }
  return snapshot({ ...before, contacts: [contact] }, now)
}

/**
 * How a request changes the snapshot, by its name. What came with the request stands beside the time, a fresh id and who
 * the agent is. Other requests change nothing.
 */
export const changes = {
  ring,
  putAgentState: (before, { state, now }) => snapshot({ ...before, state: { ...state, startTimestamp: now } }, now),
  acceptContact: changesContact((contact, now) =>
    withState(allConnections(contact, 'connected', now), 'connected', now),
  ),
  rejectContact: changesContact((contact, now) => ended(contact, 'missed', now)),
  destroyContact: changesContact((contact, now) => ended(contact, 'ended', now)),
  destroyConnection: changesContact((contact, now) => ended(contact, 'ended', now)),
  holdConnection: changesConnection('hold'),
  resumeConnection: changesConnection('connected'),
  clearContact: without,
  completeContact: without,
}

function changesContact(change) {
  return (before, { contactId, now }) => {
    const contacts = before.contacts.map((one) => (one.contactId === contactId ? change(one, now) : one))
    return snapshot({ ...before, contacts }, now)
  }
}

function changesConnection(state) {
  return (before, { connectionId, ...rest }) =>
    changesContact((contact, now) => ({
      ...contact,
      connections: contact.connections.map((one) =>
        one.connectionId === connectionId ? withState(one, state, now) : one,
      ),
    }))(before, rest)
}

function without(before, { contactId, now }) {
  return snapshot({ ...before, contacts: before.contacts.filter((one) => one.contactId !== contactId) }, now)
}

function ended(contact, state, now) {
  return withState(allConnections(contact, 'disconnected', now), state, now)
}

function allConnections(contact, state, now) {
  return { ...contact, connections: contact.connections.map((one) => withState(one, state, now)) }
}

function withState(thing, type, now) {
  return { ...thing, state: { type, timestamp: now } }
}
