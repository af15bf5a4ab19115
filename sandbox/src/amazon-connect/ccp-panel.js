// What people see of the Contact Control Panel: the state, and a row of buttons for each contact.

const buttons = {
  connecting: [
    ['Accept', 'acceptContact'],
    ['Reject', 'rejectContact'],
  ],
  connected: [['Hang up', 'destroyContact']],
  ended: [['Close', 'clearContact']],
  missed: [['Close', 'clearContact']],
}

const words = { connecting: 'is ringing', connected: 'is connected', ended: 'has ended', missed: 'was not taken' }

export function show({ state, contacts }, act) {
  document.getElementById('state').textContent = state.name
  document.getElementById('contacts').replaceChildren(...contacts.map((contact) => row(contact, act)))
  document.getElementById('ring').disabled = state.type !== 'routable' || contacts.length > 0
}

export function showOver() {
  document.getElementById('state').textContent = 'the session is over'
  for (const button of document.querySelectorAll('#ccp button')) button.disabled = true
}

function row({ contactId, state, connections }, act) {
  const caller = connections.find(({ initial }) => initial)?.endpoint.phoneNumber
  const own = connections.find(({ type }) => type === 'agent')
  const isHeld = own?.state.type === 'hold'
  const line = document.createElement('p')
  line.className = 'call'
  line.append(`Call from ${caller} ${isHeld ? 'is on hold' : words[state.type]}`)
  const holding = isHeld ? ['Take up', 'resumeConnection'] : ['Hold', 'holdConnection']
  const offered = [...(state.type === 'connected' ? [holding] : []), ...(buttons[state.type] ?? [])]
  line.append(
    ...offered.map(([label, method]) =>
      makeButton(label, () => act(method, { contactId, connectionId: own?.connectionId })),
    ),
  )
  return line
}

function makeButton(label, press) {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = label
  button.addEventListener('click', press)
  return button
}
