// The Contact Control Panel's side of the conversation with the page around it: messages `{ event, data }`. Frames and
// windows of one browser show the same agent, as Amazon Connect's shared worker has it.
import { changes, configurationOf, firstSnapshot } from './ccp-agent.js'
import { show, showOver } from './ccp-panel.js'

const agent = JSON.parse(document.getElementById('ccp').dataset.agent)
const configuration = configurationOf(agent)
const others = new BroadcastChannel(`ccp ${agent.username}`)
const around = parent === window ? undefined : parent
let snapshot = firstSnapshot(agent, new Date(agent.now))
let over = false

function send(event, data) {
  around?.postMessage({ event, data }, '*')
}

function adopt(next) {
  snapshot = next
  show(snapshot, (method, params) => act(method, params))
  send('agent::update', { snapshot, configuration })
}

function change(next) {
  if (next === snapshot) return
  adopt(next)
  others.postMessage({ snapshot })
}

/** What the instance says to everything first: whether the session stands, and then its time and a fresh id. */
async function ask() {
  const response = await fetch('/connect/api', { method: 'POST' })
  if (response.status === 401) endSession()
  if (!response.ok) return undefined
  const { now, id } = await response.json()
  return { now: new Date(now), id }
}

async function act(method, params = {}) {
  const asked = await ask()
  const isChange = asked !== undefined && Object.hasOwn(changes, method)
  const next = isChange ? changes[method](snapshot, { ...agent, ...asked, ...params }) : undefined
  if (next !== undefined) change(next)
  return asked !== undefined
}

async function answer({ requestId, method, params }) {
  const data = { getAgentSnapshot: { snapshot }, getAgentConfiguration: { configuration } }[method] ?? {}
  const isDone = await act(method, params)
  send(
    'api_response',
    isDone ? { requestId, err: null, data } : { requestId, err: { type: 'unauthorized' }, data: null },
  )
}

function endSession() {
  if (over) return
  over = true
  showOver()
  send('auth_fail')
}

async function logOut() {
  await fetch('/logout')
  others.postMessage({ loggedOut: true })
  terminated()
}

function terminated() {
  over = true
  send('terminated')
  location.reload()
}

const received = {
  synchronize: () => over || send('acknowledge'),
  api_request: (data) => answer(data),
  master_request: ({ requestId, params }) =>
    send('master_response', { requestId, err: null, data: { isMaster: true, topic: params?.topic } }),
  broadcast: ({ event, data }) => send(event, data),
  terminate: () => logOut(),
}

addEventListener('message', ({ source, data }) => {
  if (around === undefined || source !== around) return
  if (Object.hasOwn(received, data?.event)) received[data.event](data.data ?? {})
})

others.addEventListener('message', ({ data }) => {
  if (data.asks) others.postMessage({ snapshot })
  if (data.snapshot) adopt(data.snapshot)
  if (data.over) endSession()
  if (data.loggedOut) terminated()
})

document.getElementById('ring').addEventListener('click', () => act('ring'))
document.getElementById('end-session').addEventListener('click', async () => {
  await fetch('/logout')
  others.postMessage({ over: true })
  endSession()
})
setTimeout(endSession, agent.endsInMilliseconds)

// Without data, or without an id in it, the page around never believes the first one.
send('acknowledge', { id: agent.id })
send('update_connected_ccps', { length: 1 })
adopt(snapshot)
others.postMessage({ asks: true })
