// The status of an answer (Core 3.2.2.1 to 3.2.2.3).

import { type Check, failed, passed } from '../report/checks.ts'
import { namespaces, uris } from '../uris.ts'
import { attributeOf, onlyChild, type XmlElement } from '../xml/tree.ts'
import { unverifiedText } from './claims.ts'

// Core 3.2.2.2: the top-level code decides; a Success that is nested, or that a message mentions, is none.
export function checkStatus(root: XmlElement): Check {
  const status = onlyChild(root, namespaces.protocol, 'Status')
  const code = status && onlyChild(status, namespaces.protocol, 'StatusCode')
  const value = code && attributeOf(code, 'Value')
  if (value === uris.status.success) return passed('status', 'response', value)
  const sub = code && onlyChild(code, namespaces.protocol, 'StatusCode')
  const parts = [value ?? 'no status', sub && attributeOf(sub, 'Value')].filter((part) => part !== undefined)
  const message = statusMessage(root)
  const received = parts.join(' / ') + (message === undefined ? '' : `: ${JSON.stringify(message)}`)
  return failed('status', 'response', uris.status.success, received)
}

/** The StatusMessage in the sender's own words. */
export function statusMessage(root: XmlElement): string | undefined {
  const status = onlyChild(root, namespaces.protocol, 'Status')
  return unverifiedText(status && onlyChild(status, namespaces.protocol, 'StatusMessage')) || undefined
}

/** Whether the answer says, below its first code, that a logout did not reach all sessions. */
export function isPartialLogout(root: XmlElement): boolean {
  const status = onlyChild(root, namespaces.protocol, 'Status')
  const code = status && onlyChild(status, namespaces.protocol, 'StatusCode')
  const second = code && onlyChild(code, namespaces.protocol, 'StatusCode')
  return second !== undefined && attributeOf(second, 'Value') === uris.status.partialLogout
}
