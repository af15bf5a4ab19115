// The commands about signing agents in through AWS: RelayState, deep links, and what is made in IAM.

import {
  artefactsCommand,
  artefactsOptions,
  readLinkCommand,
  readLinkOptions,
  relayStateCommand,
  relayStateOptions,
} from '#admin/amazon-connect/guide-command.ts'
import { type Command, withDatabase } from '#cli-command.ts'

export const amazonConnectGuideCommands: readonly Command[] = [
  {
    words: ['amazon-connect', 'relay-state'],
    usage: 'amazon-connect relay-state COMPANY/ENVIRONMENT [--product P] [--read TEXT]',
    what: 'prints the RelayState and the link with it, or says what is wrong with another one',
    options: relayStateOptions,
    run: (cli, args) => withDatabase(cli, (open) => relayStateCommand(args, { ...cli, ...open })),
  },
  {
    words: ['amazon-connect', 'read-link'],
    usage: 'amazon-connect read-link COMPANY/ENVIRONMENT LINK [--product P]',
    what: 'says what is wrong with a deep link of an identity provider',
    options: readLinkOptions,
    run: (cli, args) => withDatabase(cli, (open) => readLinkCommand(args, { ...cli, ...open })),
  },
  {
    words: ['amazon-connect', 'artefacts'],
    usage: 'amazon-connect artefacts COMPANY/ENVIRONMENT [--name FILE] [--out FOLDER] [--product P]',
    what: 'lists, prints or writes policies, templates and commands for AWS',
    options: artefactsOptions,
    run: (cli, args) => withDatabase(cli, (open) => artefactsCommand(args, { ...cli, ...open })),
  },
]
