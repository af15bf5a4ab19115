// The commands about Amazon Connect.

import {
  removeConnectCommand,
  setConnectCommand,
  setConnectOptions,
  showConnectCommand,
  showConnectOptions,
} from '#admin/amazon-connect/amazon-connect-command.ts'
import { desktopReportsCommand, desktopReportsOptions } from '#admin/amazon-connect/desktop-reports-command.ts'
import { type Command, withDatabase } from '#cli-command.ts'

export const amazonConnectCommands: readonly Command[] = [
  {
    words: ['amazon-connect', 'show'],
    usage: 'amazon-connect show COMPANY/ENVIRONMENT [--json]',
    what: 'shows the instance of Amazon Connect, and what AWS and the identity provider must know',
    options: showConnectOptions,
    run: (cli, args) => withDatabase(cli, (open) => showConnectCommand(args, { ...cli, ...open })),
  },
  {
    words: ['amazon-connect', 'set'],
    usage: 'amazon-connect set COMPANY/ENVIRONMENT [--url ALIAS] [--id ARN] [--single-sign-on-url URL] …',
    what: 'sets the instance or changes its settings; docs/amazon-connect.md has every option',
    options: setConnectOptions,
    run: (cli, args) => withDatabase(cli, (open) => setConnectCommand(args, { ...cli, ...open })),
  },
  {
    words: ['amazon-connect', 'remove'],
    usage: 'amazon-connect remove COMPANY/ENVIRONMENT',
    what: 'forgets the instance; agents find no desktop any more',
    options: {},
    run: (cli, args) => withDatabase(cli, (open) => removeConnectCommand(args, { ...cli, ...open })),
  },
  {
    words: ['amazon-connect', 'reports'],
    usage: 'amazon-connect reports COMPANY/ENVIRONMENT [--days N]',
    what: 'says what stood in the way of agents at the desktop, and how long their sign-ins took',
    options: desktopReportsOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => desktopReportsCommand(args, { ...cli, db })),
  },
]
