#!/usr/bin/env node
// The process: the only place with a real clock, real chance and the environment. Everything else receives them.

import { randomBytes } from 'node:crypto'
import { runCli } from '#cli.ts'
import { readTypedSecret } from '#typed-secret.ts'

process.exitCode = await runCli(process.argv.slice(2), {
  world: { clock: () => new Date(), chance: { bytes: (size) => randomBytes(size) } },
  env: process.env,
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  status: process.stderr.isTTY ? (text) => void process.stderr.write(`\r\u001b[K${text}`) : undefined,
  node: process.execPath,
  readSecret: (prompt) => readTypedSecret({ input: process.stdin, output: process.stderr }, prompt),
  onStop: (stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  },
})
