/**
 * Mail: handing a message in, to a mail server or, without one, to the log.
 *
 * Owns the port and how it is carried out. Must not know what mails are about.
 */

import { createTransport } from 'nodemailer'
import { type Config, isLocalHost } from '#config/config.ts'

export type Mail = {
  readonly to: string
  readonly subject: string
  /** Plain text: what it says is the same in every program, and a link shows where it leads. */
  readonly text: string
}

export type Mailer = {
  /** Rejects where nobody took the mail. */
  readonly send: (mail: Mail) => Promise<void>
}

export type MailLog = { readonly warn: (fields: object, message: string) => void }

const PATIENCE_MS = 20_000

/** The mailer that the configuration asks for. */
export function mailerOf({ smtpUrl, publicUrl }: Pick<Config, 'smtpUrl' | 'publicUrl'>, log: MailLog): Mailer {
  return smtpUrl === undefined ? loggingMailer(log) : smtpMailer(smtpUrl.reveal(), publicUrl)
}

/** For trying things out: whoever reads the log can follow the links. */
function loggingMailer(log: MailLog): Mailer {
  return {
    send: async (mail) =>
      log.warn({ mail }, 'SALLYPORT_SMTP_URL is not set, so this mail was not sent; here is what it says'),
  }
}

/**
 * @param url `smtp://` (with STARTTLS where the server offers it) or `smtps://`, with user and password. `?from=` names the
 *   sender; without it mails come from no-reply at the host of the public URL.
 */
function smtpMailer(url: string, publicUrl: string): Mailer {
  const { server, from } = readUrl(url, publicUrl)
  const timeouts = { connectionTimeout: PATIENCE_MS, greetingTimeout: PATIENCE_MS, socketTimeout: PATIENCE_MS }
  const transport = createTransport({
    host: server.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(server.port) || (server.protocol === 'smtps:' ? 465 : 587),
    secure: server.protocol === 'smtps:',
    ...(server.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(server.username), pass: decodeURIComponent(server.password) } }),
    // A password does not go over the network in the clear.
    requireTLS: server.username !== '' && !isLocalHost(server.hostname),
    ...timeouts,
    // Nothing is read from files or addresses because a text says so.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    send: async ({ to, subject, text }) => {
      // As an object: commas and brackets in an address make no second recipient.
      await transport.sendMail({ from, to: { name: '', address: to }, subject, text })
    },
  }
}

function readUrl(url: string, publicUrl: string): { readonly server: URL; readonly from: string } {
  const server = new URL(url)
  const from = server.searchParams.get('from') ?? `no-reply@${new URL(publicUrl).hostname}`
  return { server, from }
}
