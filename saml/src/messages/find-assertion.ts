// Finds the one assertion of a document, in clear or encrypted. Exactly one may stand in the whole document, at any depth:
// everything that is read later relies on there being no second.

import { type DecryptionOptions, decrypt } from '../encryption/decrypt.ts'
import { type Check, failed, passed } from '../report/checks.ts'
import { namespaces } from '../uris.ts'
import { isNamed, type XmlElement } from '../xml/tree.ts'
import { checkIds, checkStructure } from './message.ts'
import { inspect } from './structure.ts'

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
  const { faults, ids, repeatedIds, assertions, encryptedAssertions } = inspect(root)
  const shape = [checkStructure(faults), checkIds(repeatedIds)]
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
  return openAssertion(only, { ids, shape, single, options })
}

/** Where the assertion is the document itself. */
export function findBareAssertion(root: XmlElement, options: DecryptionOptions): FoundAssertion {
  const { faults, ids, repeatedIds, assertions, encryptedAssertions } = inspect(root)
  const shape = [checkStructure(faults), checkIds(repeatedIds)]
  const count = assertions.length + encryptedAssertions.length
  if (count !== 1) {
    return { shape, checks: [failed('assertion-single', 'assertion', 'one assertion, by itself', `${count}`)] }
  }
  const single = passed('assertion-single', 'assertion')
  if (assertions[0] === root) return { shape, checks: [single], assertion: root }
  return openAssertion(root, { ids, shape, single, options })
}

function countCheck(count: number, succeeded: boolean): Check {
  // An answer that says no carries none (Core 3.3.3): then there is nothing to count.
  if (count === 0 && !succeeded) return { code: 'assertion-single', outcome: 'not-reached', about: 'response' }
  return failed('assertion-single', 'response', 'one assertion, directly in the response', `${count}`)
}

type Opening = {
  /** Those of the document. */
  readonly ids: readonly string[]
  readonly shape: readonly Check[]
  readonly single: Check
  readonly options: DecryptionOptions
}

function openAssertion(encrypted: XmlElement, { ids, shape, single, options }: Opening): FoundAssertion {
  const decrypted = decrypt(encrypted, options)
  const guarded = !decrypted.authenticated
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
  const inside = inspect(element)
  // A Signature's own Id may be there twice: nothing refers to it, and products number what they encrypt apart.
  const known = new Set(ids)
  // What was decrypted goes through the same rules as the rest: it is one assertion, sound, and its IDs are new.
  const sound =
    isNamed(element, namespaces.assertion, 'Assertion') &&
    inside.faults.length === 0 &&
    inside.assertions.length === 1 &&
    inside.encryptedAssertions.length === 0 &&
    inside.repeatedIds.length === 0 &&
    !inside.ids.some((id) => known.has(id))
  if (!sound) return failure('something that is not one sound assertion')
  const readable = passed('assertion-readable', 'assertion')
  return { shape, checks: [single, readable], assertion: element, encrypted, guarded }
}

/** The one answer for everything that can go wrong behind an unauthenticated cipher, while no signature covers it. */
export function unreadable(): Check {
  const expected = 'an assertion that can be decrypted, and that something signed covers'
  return failed('assertion-readable', 'assertion', expected, 'none of our keys decrypts it')
}
