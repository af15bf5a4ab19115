// The commands about clients.

import {
  addClientSecretCommand,
  clientSecretOptions,
  clientSecretsCommand,
  clientsCommand,
  clientsOptions,
  createClientCommand,
  createClientOptions,
  removeClientCommand,
  revokeClientSecretCommand,
} from '#admin/clients/client-command.ts'
import { type Command, withDatabase } from '#cli-command.ts'

export const clientCommands: readonly Command[] = [
  {
    words: ['clients', 'create'],
    usage: 'clients create C/E --name N --kind K [--id ID] [--redirect-uri URI]… (more in docs/oauth.md)',
    what: 'makes a client: web, native, single-page or machine; prints its id',
    options: createClientOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => createClientCommand(args, { ...cli, db })),
  },
  {
    words: ['clients', 'secret', 'revoke'],
    usage: 'clients secret revoke COMPANY/ENVIRONMENT CLIENT-ID SECRET-ID',
    what: 'makes a secret of a client useless at once',
    options: {},
    run: (cli, args) => withDatabase(cli, ({ db }) => revokeClientSecretCommand(args, { ...cli, db })),
  },
  {
    words: ['clients', 'secret'],
    usage: 'clients secret COMPANY/ENVIRONMENT CLIENT-ID [--expires 365d]',
    what: 'makes a further secret of a client and prints it this once',
    options: clientSecretOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => addClientSecretCommand(args, { ...cli, db })),
  },
  {
    words: ['clients', 'secrets'],
    usage: 'clients secrets COMPANY/ENVIRONMENT CLIENT-ID [--json]',
    what: 'lists the secrets of a client: their last characters, until when they are good, last use',
    options: clientsOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => clientSecretsCommand(args, { ...cli, db })),
  },
  {
    words: ['clients', 'remove'],
    usage: 'clients remove COMPANY/ENVIRONMENT CLIENT-ID',
    what: 'removes a client with its secrets',
    options: {},
    run: (cli, args) => withDatabase(cli, ({ db }) => removeClientCommand(args, { ...cli, db })),
  },
  {
    words: ['clients'],
    usage: 'clients COMPANY/ENVIRONMENT [--json]',
    what: 'lists the clients that may ask for tokens',
    options: clientsOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => clientsCommand(args, { ...cli, db })),
  },
]
