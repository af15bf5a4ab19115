// The commands about sessions and logouts.

import { logoutsCommand, logoutsOptions } from '#admin/logouts/logout-command.ts'
import {
  endAllCommand,
  endAllOptions,
  endSessionCommand,
  sessionSettingsCommand,
  sessionSettingsOptions,
  sessionsCommand,
  sessionsOptions,
} from '#admin/sessions/session-command.ts'
import { type Command, withDatabase } from '#cli-command.ts'

export const sessionCommands: readonly Command[] = [
  {
    words: ['sessions', 'end'],
    usage: 'sessions end COMPANY/ENVIRONMENT ID',
    what: 'ends one session',
    options: {},
    run: (cli, args) => withDatabase(cli, ({ db }) => endSessionCommand(args, { ...cli, db })),
  },
  {
    words: ['sessions', 'end-all'],
    usage: 'sessions end-all COMPANY/ENVIRONMENT [--user U]',
    what: 'ends every session of the Environment, or of one user',
    options: endAllOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => endAllCommand(args, { ...cli, db })),
  },
  {
    words: ['sessions', 'settings'],
    usage: 'sessions settings C/E [--idle-minutes N] [--lifetime-minutes N] [--limit N | --no-limit]',
    what: 'shows or changes how long sessions last, and how many one person may have',
    options: sessionSettingsOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => sessionSettingsCommand(args, { ...cli, db })),
  },
  {
    words: ['sessions'],
    usage: 'sessions COMPANY/ENVIRONMENT [--user U] [--all] [--json]',
    what: 'lists the open sessions, or all of the last 30 days, the newest first',
    options: sessionsOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => sessionsCommand(args, { ...cli, db })),
  },
  {
    words: ['logouts'],
    usage: 'logouts COMPANY/ENVIRONMENT [ID] [--waiting] [--json]',
    what: 'lists what identity providers were told and asked for, or one of it with every attempt',
    options: logoutsOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => logoutsCommand(args, { ...cli, db })),
  },
]
