// The commands about the keys that sign tokens.

import {
  activateTokenKeyCommand,
  listTokenKeysCommand,
  makeTokenKeyCommand,
  retireTokenKeyCommand,
  tokenKeyOptions,
} from '#admin/token-keys/token-key-command.ts'
import { type Command, withSecret } from '#cli-command.ts'

export const tokenKeyCommands: readonly Command[] = [
  {
    words: ['token-keys', 'make'],
    usage: 'token-keys make COMPANY/ENVIRONMENT',
    what: 'makes a next key for tokens: published at once, signs when it is activated',
    options: {},
    run: (cli, args) => withSecret(cli, (open) => makeTokenKeyCommand(args, { ...cli, ...open })),
  },
  {
    words: ['token-keys', 'activate'],
    usage: 'token-keys activate COMPANY/ENVIRONMENT [--confirmed]',
    what: 'lets the next key sign tokens; the former one stays published',
    options: tokenKeyOptions,
    run: (cli, args) => withSecret(cli, (open) => activateTokenKeyCommand(args, { ...cli, ...open })),
  },
  {
    words: ['token-keys', 'retire'],
    usage: 'token-keys retire COMPANY/ENVIRONMENT ID [--confirmed]',
    what: 'ends a former or next key for good',
    options: tokenKeyOptions,
    run: (cli, args) => withSecret(cli, (open) => retireTokenKeyCommand(args, { ...cli, ...open })),
  },
  {
    words: ['token-keys'],
    usage: 'token-keys COMPANY/ENVIRONMENT',
    what: 'lists the keys that sign tokens',
    options: {},
    run: (cli, args) => withSecret(cli, (open) => listTokenKeysCommand(args, { ...cli, ...open })),
  },
]
