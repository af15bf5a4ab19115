// The command about real responses for AWS.

import { type Command, withDatabase } from '#cli-command.ts'
import { checkResponseCommand, checkResponseOptions } from '#connect/aws-check/check-response-command.ts'

export const checkResponseCommands: readonly Command[] = [
  {
    words: ['amazon-connect', 'check-response'],
    usage: 'amazon-connect check-response FILE [--environment C/E] [--metadata FILE] [--product P] [--json]',
    what: 'says what AWS and Amazon Connect would say to a response in a file or a HAR (- is standard input)',
    options: checkResponseOptions,
    run: (cli, args) =>
      checkResponseCommand(args, { ...cli, withDatabase: (work) => withDatabase(cli, ({ db }) => work(db)) }),
  },
]
