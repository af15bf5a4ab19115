// Parts that several messages have.

import { element, type Markup } from '../xml/write.ts'
import type { NameId } from './claims.ts'

/** `code` and `subCode` are status URIs (Core 3.2.2.2). */
export type StatusToWrite = { readonly code: string; readonly subCode?: string; readonly message?: string }

export function writeStatus({ code, subCode, message }: StatusToWrite): Markup {
  return element(
    'samlp:Status',
    {},
    element(
      'samlp:StatusCode',
      { Value: code },
      subCode === undefined ? undefined : element('samlp:StatusCode', { Value: subCode }),
    ),
    message === undefined ? undefined : element('samlp:StatusMessage', {}, message),
  )
}

export function writeNameId(nameId: NameId): Markup {
  return element(
    'saml:NameID',
    { Format: nameId.format, NameQualifier: nameId.nameQualifier, SPNameQualifier: nameId.spNameQualifier },
    nameId.value,
  )
}
