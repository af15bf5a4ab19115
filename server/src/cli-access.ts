// The commands about who may come in from where.

import {
  accessCommand,
  policyOptions,
  rangesCommand,
  rangesOptions,
  setPolicyCommand,
  simulateCommand,
  simulateOptions,
} from '#admin/access/access-command.ts'
import { type Command, withDatabase } from '#cli-command.ts'

export const accessCommands: readonly Command[] = [
  {
    words: ['access', 'ranges'],
    usage: 'access ranges C/E [--add RANGE]… [--remove RANGE]… [--mode enforced|shadow|off]',
    what: 'changes from where people may come',
    options: rangesOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => rangesCommand(args, { ...cli, db })),
  },
  {
    words: ['access', 'policy', 'set'],
    usage: 'access policy set C/E FILE [--name N] [--mode enforced|shadow|off]',
    what: 'makes or changes a policy, named like the file where no name is given',
    options: policyOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => setPolicyCommand(args, { ...cli, db })),
  },
  {
    words: ['access', 'simulate'],
    usage: 'access simulate C/E --address A [--user U] [--client ID] [--action A] [--at TIME]',
    what: 'tells what would be decided, and why',
    options: simulateOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => simulateCommand(args, { ...cli, db })),
  },
  {
    words: ['access'],
    usage: 'access COMPANY/ENVIRONMENT',
    what: 'shows from where people may come, and which policies there are',
    options: {},
    run: (cli, args) => withDatabase(cli, ({ db }) => accessCommand(args, { ...cli, db })),
  },
]
