// Finds the one assertion of a response, in clear or encrypted. Exactly one may stand in the whole document, at any depth:
// everything that is read later relies on there being no second.

import { type DecryptionOptions, decrypt } from '../encryption/decrypt.ts'
import { readEncryptedForm } from '../encryption/form.ts'
import { type Check, failed, passed } from '../report/checks.ts'
import { namespaces } from '../uris.ts'
import { isNamed, type XmlElement } from '../xml/tree.ts'
import { checkIds, checkStructure } from './message.ts'
import { sharedIds, structureFaults, survey } from './structure.ts'

export type FoundAssertion = {
  /** Structure and IDs of the whole document, and what could be said of the assertion's being there. */
  readonly shape: readonly Check[]
  readonly checks: readonly Check[]
  readonly assertion?: XmlElement
  /** The EncryptedAssertion that it was in. */
  readonly encrypted?: XmlElement
  /** An unauthenticated cipher: nothing may be said of what was inside, nor whether there was, until it is covered. */
  readonly guarded?: boolean
}

/** `succeeded`: the status is Success, so there must be an assertion. */
export function findAssertion(root: XmlElement, succeeded: boolean, options: DecryptionOptions): FoundAssertion {
  const { repeatedIds, assertions, encryptedAssertions } = survey(root)
  const shape = [checkStructure(structureFaults(root)), checkIds(repeatedIds)]
  const [assertion] = assertions
  const [encrypted] = encryptedAssertions
  const count = assertions.length + encryptedAssertions.length
  if (count !== 1) return { shape, checks: [countCheck(count, succeeded)] }
  const only = (assertion ?? encrypted) as XmlElement
  if (only.parent !== root) {
    const expected = 'one assertion, directly in the response'
    return {
      shape,
      checks: [failed('assertion-single', 'response', expected, 'one that is not a child of the response')],
    }
  }
  const single = passed('assertion-single', 'response')
  if (assertion !== undefined) return { shape, checks: [single], assertion }
  return openAssertion(root, only, { shape, single, options })
}

function countCheck(count: number, succeeded: boolean): Check {
  // An answer that says no carries none (Core 3.3.3): then there is nothing to count.
  if (count === 0 && !succeeded) return { code: 'assertion-single', outcome: 'not-reached', about: 'response' }
  return failed('assertion-single', 'response', 'one assertion, directly in the response', `${count}`)
}

type Opening = { readonly shape: readonly Check[]; readonly single: Check; readonly options: DecryptionOptions }

function openAssertion(root: XmlElement, encrypted: XmlElement, { shape, single, options }: Opening): FoundAssertion {
  const decrypted = decrypt(encrypted, options)
  const form = readEncryptedForm(encrypted)
  // What is refused for its form is refused before a key was used: nothing is to be learned from that.
  const formed = !('failure' in decrypted) || decrypted.failure === 'undecryptable'
  const guarded = formed && typeof form !== 'string' && !form.cipher.authenticated
  const failure = (received: string): FoundAssertion => {
    const expected = 'an assertion that can be decrypted'
    return {
      shape,
      checks: [single, failed('assertion-readable', 'assertion', expected, received)],
      encrypted,
      guarded,
    }
  }
  if ('failure' in decrypted) return failure(decrypted.reason)
  const { element } = decrypted
  const inside = survey(element)
  // What was decrypted goes through the same rules as the rest: it is one assertion, sound, and its IDs are new.
  const sound =
    isNamed(element, namespaces.assertion, 'Assertion') &&
    structureFaults(element).length === 0 &&
    inside.assertions.length === 1 &&
    inside.encryptedAssertions.length === 0 &&
    inside.repeatedIds.length === 0 &&
    sharedIds(root, element).length === 0
  if (!sound) return failure('something that is not one sound assertion')
  const readable = passed('assertion-readable', 'assertion')
  return { shape, checks: [single, readable], assertion: element, encrypted, guarded }
}

/** The one answer for everything that can go wrong behind an unauthenticated cipher. */
export const undecryptable = 'none of our keys decrypts it'
