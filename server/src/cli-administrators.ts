// The commands about administrators of the portal.

import {
  createAdministratorCommand,
  createAdministratorOptions,
  firstRunCommand,
  listAdministratorsCommand,
  recoverAdministratorCommand,
  removeAdministratorCommand,
} from '#admin/administrators/administrator-command.ts'
import { type Command, withDatabase } from '#cli-command.ts'

export const administratorCommands: readonly Command[] = [
  {
    words: ['admin', 'create'],
    usage: 'admin create EMAIL (--company SLUG [--role R] | --operator) [--name N]',
    what: 'makes an administrator of the portal, and a link to choose a password with',
    options: createAdministratorOptions,
    run: (cli, args) => withDatabase(cli, (open) => createAdministratorCommand(args, { ...cli, ...open })),
  },
  {
    words: ['admin', 'list'],
    usage: 'admin list',
    what: 'lists the administrators, and what they administer',
    options: {},
    run: (cli) => withDatabase(cli, (open) => listAdministratorsCommand({ ...cli, ...open })),
  },
  {
    words: ['admin', 'recover'],
    usage: 'admin recover EMAIL',
    what: 'makes a link that sets a new password and drops codes and passkeys; ends their sessions',
    options: {},
    run: (cli, args) => withDatabase(cli, (open) => recoverAdministratorCommand(args, { ...cli, ...open })),
  },
  {
    words: ['admin', 'remove'],
    usage: 'admin remove EMAIL',
    what: 'removes an administrator, and ends their sessions',
    options: {},
    run: (cli, args) => withDatabase(cli, (open) => removeAdministratorCommand(args, { ...cli, ...open })),
  },
  {
    words: ['admin', 'first-run'],
    usage: 'admin first-run',
    what: 'makes a link for the first administrator, while there is none',
    options: {},
    run: (cli) => withDatabase(cli, (open) => firstRunCommand({ ...cli, ...open })),
  },
]
