// A message that could not be read at all: what stands between the browser and the XML, and requests that are not answered
// with a report.

import type { CheckCode } from './checks.ts'

export class SamlReadError extends Error {
  readonly code: CheckCode
  readonly received: string

  constructor(code: CheckCode, received: string) {
    super(`${code}: ${received}`)
    this.name = 'SamlReadError'
    this.code = code
    this.received = received
  }
}
