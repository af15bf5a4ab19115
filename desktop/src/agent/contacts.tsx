import { useState } from 'react'
import { filled, words } from '#words/words.ts'

const text = words.contacts

export function Contacts({ agent }: { readonly agent: connect.Agent }) {
  const contacts = agent.getContacts()
  const isAvailable = agent.getState().type === connect.AgentStateType.ROUTABLE
  return (
    <section className="contacts" aria-label={text.title}>
      <h2>{text.title}</h2>
      {contacts.length === 0 && (
        <p className="empty">
          <strong>{text.none}</strong>
          <br />
          <span className="quiet">{isAvailable ? text.noneAvailable : text.noneOther}</span>
        </p>
      )}
      <ul>
        {contacts.map((contact) => (
          <ContactView key={contact.getContactId()} contact={contact} />
        ))}
      </ul>
    </section>
  )
}

function ContactView({ contact }: { readonly contact: connect.Contact }) {
  const [failed, setFailed] = useState(false)
  const status = contact.getStatus().type
  const kinds: Readonly<Record<string, string>> = text.kinds
  const kind = kinds[contact.getType()] ?? contact.getType()
  const connection = contact.getActiveInitialConnection() ?? contact.getInitialConnection()
  const onHold = status === connect.ContactStateType.CONNECTED && connection?.isOnHold() === true
  const states: Readonly<Record<string, string>> = text.states
  const shown = onHold ? text.states.hold : (states[status] ?? status)
  const queue = contact.getQueue()?.name

  const callbacks = { success: () => setFailed(false), failure: () => setFailed(true) }
  const deeds: readonly (readonly [name: string, deed: () => void])[] = deedsFor(contact, {
    status,
    onHold,
    connection,
    callbacks,
  })
  return (
    <li className={`contact ${status}`}>
      <p>
        <strong>{kind}</strong> {connection?.getEndpoint()?.phoneNumber ?? ''}{' '}
        {queue != null && <span className="quiet">{filled(text.queue, { queue })}</span>}
      </p>
      <p role="status">{shown}</p>
      <p className="actions">
        {deeds.map(([name, deed], place) => (
          <button key={name} type="button" className={place === 0 ? undefined : 'plain'} onClick={deed}>
            {name}
          </button>
        ))}
      </p>
      {failed && (
        <p className="problem" role="alert">
          {text.failed}
        </p>
      )}
    </li>
  )
}

const calls: readonly string[] = ['voice', 'queue_callback']

type Doing = {
  readonly status: connect.ContactStateType
  readonly onHold: boolean
  readonly connection: connect.BaseConnection | null
  readonly callbacks: connect.SuccessFailOptions
}

function deedsFor(
  contact: connect.Contact,
  { status, onHold, connection, callbacks }: Doing,
): readonly (readonly [name: string, deed: () => void])[] {
  switch (status) {
    case connect.ContactStateType.INCOMING:
    case connect.ContactStateType.PENDING:
    case connect.ContactStateType.CONNECTING:
      return [
        [text.accept, () => contact.accept(callbacks)],
        [text.reject, () => contact.reject(callbacks)],
      ]
    case connect.ContactStateType.CONNECTED: {
      const isCall = calls.includes(contact.getType())
      const end = isCall ? text.hangUp : text.end
      const hangUp = [end, () => contact.getAgentConnection().destroy(callbacks)] as const
      // Only who hears something can be put on hold.
      if (connection === null || !isCall) return [hangUp]
      const hold = onHold
        ? ([text.resume, () => connection.resume(callbacks)] as const)
        : ([text.hold, () => connection.hold(callbacks)] as const)
      return [hangUp, hold]
    }
    default:
      return [[text.clear, () => contact.clear(callbacks)]]
  }
}
