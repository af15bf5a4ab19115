import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { Secret } from '#config/secret.ts'
import { mailerOf } from '#mail/mail.ts'

const publicUrl = 'https://sso.example'
const mail = {
  to: 'ada@acme.example',
  subject: 'A new password for Zoë',
  text: 'Choose it here:\n\nhttps://sso.example/x\n',
}

type Taken = { readonly commands: string[]; readonly message: string[] }

/** A mail server that takes one mail after another (RFC 5321), or refuses recipients. */
async function mailServer(t: TestContext, { refuses = false, offers = [] as readonly string[] } = {}) {
  const taken: Taken = { commands: [], message: [] }
  const server = createServer((socket) => converse(socket, taken, { refuses, offers }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { taken, host: `127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function converse(
  socket: Socket,
  { commands, message }: Taken,
  { refuses, offers }: { readonly refuses: boolean; readonly offers: readonly string[] },
): void {
  const say = (line: string): void => void socket.write(`${line}\r\n`)
  let inData = false
  say('220 mail.example ready')
  createInterface({ input: socket }).on('line', (line) => {
    if (inData) {
      inData = line !== '.'
      if (inData) message.push(line)
      else say('250 taken')
      return
    }
    commands.push(line)
    const word = line.slice(0, 4).toUpperCase()
    if (word === 'EHLO')
      for (const [nth, one] of ['mail.example', ...offers].entries()) say(`250${nth < offers.length ? '-' : ' '}${one}`)
    else if (word === 'AUTH') say('235 welcome')
    else if (word === 'RCPT' && refuses) say('550 no such mailbox')
    else if (word === 'DATA') {
      inData = true
      say('354 go on')
    } else if (word === 'QUIT') socket.end('221 bye\r\n')
    else say('250 fine')
  })
  socket.on('error', () => {})
}

const silent = { warn: () => {} }

test('a mail is handed to the server of SALLYPORT_SMTP_URL, as text, from the sender that is named there', async (t) => {
  const { taken, host } = await mailServer(t)
  const smtpUrl = new Secret(`smtp://${host}?from=sso@acme.example`)
  await mailerOf({ smtpUrl, publicUrl }, silent).send(mail)
  assert.ok(taken.commands.includes('MAIL FROM:<sso@acme.example>'))
  assert.ok(taken.commands.includes('RCPT TO:<ada@acme.example>'))
  const message = taken.message.join('\n')
  assert.match(message, /^From: sso@acme\.example$/m)
  assert.match(message, /^To: ada@acme\.example$/m)
  assert.match(message, /^Subject: =\?UTF-8\?/m)
  assert.match(message, /^Content-Type: text\/plain; charset=utf-8$/m)
  assert.match(message, /Choose it here:\n\nhttps:\/\/sso\.example\/x/)
})

test('without a sender mails come from no-reply at the host of the public URL', async (t) => {
  const { taken, host } = await mailServer(t)
  await mailerOf({ smtpUrl: new Secret(`smtp://${host}`), publicUrl }, silent).send(mail)
  assert.ok(taken.commands.includes('MAIL FROM:<no-reply@sso.example>'))
})

test('user and password of the URL are used, with the characters that it escapes', async (t) => {
  const { taken, host } = await mailServer(t, { offers: ['AUTH PLAIN'] })
  await mailerOf({ smtpUrl: new Secret(`smtp://us%40er:p%2Fw@${host}`), publicUrl }, silent).send(mail)
  const auth = taken.commands.find((line) => line.startsWith('AUTH PLAIN '))
  assert.equal(Buffer.from(auth?.slice('AUTH PLAIN '.length) ?? '', 'base64').toString(), '\0us@er\0p/w')
})

test('an address or a subject with line breaks makes no second header and no second recipient', async (t) => {
  const { taken, host } = await mailServer(t)
  const evil = {
    to: 'ada@acme.example, eve@evil.example',
    subject: 'a\r\nBcc: eve@evil.example',
    text: 'x\r\n.\r\nRCPT',
  }
  await mailerOf({ smtpUrl: new Secret(`smtp://${host}`), publicUrl }, silent)
    .send(evil)
    .catch(() => {})
  assert.ok(taken.commands.filter((line) => line.startsWith('RCPT')).length <= 1)
  assert.ok(!taken.commands.includes('RCPT TO:<eve@evil.example>'))
  assert.doesNotMatch(taken.message.join('\n'), /^Bcc:/m)
})

test('a server that refuses, or is not there, rejects', async (t) => {
  const { host } = await mailServer(t, { refuses: true })
  await assert.rejects(mailerOf({ smtpUrl: new Secret(`smtp://${host}`), publicUrl }, silent).send(mail), /550/)
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  await once(closed, 'close')
  const nobody = mailerOf({ smtpUrl: new Secret(`smtp://127.0.0.1:${port}`), publicUrl }, silent)
  await assert.rejects(nobody.send(mail), /ECONNREFUSED/)
})

test('without a mail server the mail is in the log, link and all', async () => {
  const lines: unknown[] = []
  const log = { warn: (fields: object, message: string) => void lines.push({ ...fields, message }) }
  await mailerOf({ smtpUrl: undefined, publicUrl }, log).send(mail)
  assert.deepEqual(lines, [
    { mail, message: 'SALLYPORT_SMTP_URL is not set, so this mail was not sent; here is what it says' },
  ])
})
