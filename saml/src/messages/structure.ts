// Holds a message against the content model: what is out of place, which IDs repeat, how many assertions there are.

import { namespaces } from '../uris.ts'
import { isBlank } from '../xml/characters.ts'
import { attributeOf, isNamed, pathOf, walk, type XmlElement } from '../xml/tree.ts'
import { type Model, modelOf, type Particle } from './content-model.ts'

const MOST_FAULTS = 10

/** IDs are remembered; Core 1.3.4 wants 128 random bits of them, which is far less. */
const LONGEST_ID = 256

/** Everything at and below `root` that the table does not allow, as sentences; empty when it is sound. At most ten are listed. */
export function structureFaults(root: XmlElement): readonly string[] {
  const faults: string[] = []
  examine(root, modelOf(root.namespace, root.local), faults)
  return faults.slice(0, MOST_FAULTS)
}

function examine(element: XmlElement, model: Model | undefined, faults: string[]): void {
  if (faults.length >= MOST_FAULTS) return
  if (model === undefined) {
    faults.push(`${pathOf(element)} has no place here`)
    return
  }
  examineAttributes(element, model, faults)
  const { content } = model
  if (content === 'elsewhere') return
  if (content === 'foreign') examineForeign(element, faults)
  else if (content === 'text') examineText(element, faults)
  else examineChildren(element, content, faults)
}

function examineText(element: XmlElement, faults: string[]): void {
  if (element.hasComment) faults.push(`${pathOf(element)} holds a comment inside its text`)
  for (const child of element.children) {
    if (typeof child === 'string') continue
    faults.push(`${pathOf(element)} holds an element where text belongs`)
    return
  }
}

// One pass: the sequences of these schemas need no looking back, because no name can match two places.
function examineChildren(element: XmlElement, sequence: readonly Particle[], faults: string[]): void {
  let place = 0
  let count = 0
  for (const child of element.children) {
    if (typeof child === 'string') {
      if (!isBlank(child)) faults.push(`${pathOf(element)} holds text where it has no place`)
      continue
    }
    const model = modelOf(child.namespace, child.local)
    if (model !== undefined) {
      const found = placeOf(model, sequence, place, count)
      if (found === -1) {
        faults.push(`${pathOf(child)} is out of place or once too often`)
      } else {
        for (; place < found; place++) {
          lacks(element, sequence[place], count, faults)
          count = 0
        }
        count++
      }
    }
    examine(child, model, faults)
  }
  for (; place < sequence.length; place++) {
    lacks(element, sequence[place], count, faults)
    count = 0
  }
}

/** The next place in the sequence that this may take, or -1. `count` are there at `from` already. */
function placeOf(model: Model, sequence: readonly Particle[], from: number, count: number): number {
  for (let place = from; place < sequence.length; place++) {
    const particle = sequence[place] as Particle
    if (particle.models.includes(model) && (place > from || count === 0 || particle.many)) return place
  }
  return -1
}

function lacks(element: XmlElement, particle: Particle | undefined, count: number, faults: string[]): void {
  if (particle === undefined || count >= particle.least) return
  faults.push(`${pathOf(element)} lacks ${particle.models.map(({ name }) => name).join(' or ')}`)
}

function examineAttributes(element: XmlElement, model: Model, faults: string[]): void {
  for (const name of model.required) {
    if (!attributeOf(element, name)) faults.push(`${pathOf(element)} lacks the attribute ${name}`)
  }
  for (const { prefix, local, namespace, value } of element.attributes) {
    if (value.length > LONGEST_ID && (local === 'ID' || local === 'InResponseTo')) {
      faults.push(`${pathOf(element)} has an ${local} of more than ${LONGEST_ID} characters`)
    }
    const allowed =
      namespace === ''
        ? model.attributes.includes(local)
        : namespace === namespaces.schemaInstance || (model.foreignAttributes && !isOurs(namespace))
    if (!allowed) faults.push(`${pathOf(element)} has the attribute ${prefix === '' ? local : `${prefix}:${local}`}`)
  }
}

function examineForeign(element: XmlElement, faults: string[]): void {
  for (const child of element.children) {
    if (typeof child === 'string') continue
    if (faults.length >= MOST_FAULTS) return
    if (isOurs(child.namespace)) faults.push(`${pathOf(child)} has no place in an extension`)
    examineForeign(child, faults)
  }
}

const ours: readonly string[] = [
  namespaces.protocol,
  namespaces.assertion,
  namespaces.signature,
  namespaces.encryption,
  namespaces.xml,
]

function isOurs(namespace: string): boolean {
  return ours.includes(namespace)
}

/** What is counted over a whole document, at any depth, whatever holds it. */
export type Survey = {
  /** IDs that stand more than once, in whatever spelling an ID attribute can have (Core 1.3.4, xs:ID). */
  readonly repeatedIds: readonly string[]
  readonly assertions: readonly XmlElement[]
  readonly encryptedAssertions: readonly XmlElement[]
}

export function survey(root: XmlElement): Survey {
  const found: Found = { repeated: new Set(), assertions: [], encryptedAssertions: [] }
  look(root, new Set(), found)
  const { repeated, assertions, encryptedAssertions } = found
  return { repeatedIds: repeated.size === 0 ? [] : [...repeated], assertions, encryptedAssertions }
}

/**
 * SAML IDs that stand in both trees: in a document and in what was decrypted out of it. A Signature's own Id does not
 * count here: nothing refers to it, and products number the signatures of what they encrypt apart.
 */
export function sharedIds(document: XmlElement, decrypted: XmlElement): readonly string[] {
  const ids = new Set<string>()
  walk(document, (element) => void ids.add(attributeOf(element, 'ID') ?? ''))
  const shared: string[] = []
  walk(decrypted, (element) => {
    const id = attributeOf(element, 'ID')
    if (id !== undefined && ids.has(id)) shared.push(id)
  })
  return shared
}

type Found = { repeated: Set<string>; assertions: XmlElement[]; encryptedAssertions: XmlElement[] }

function look(element: XmlElement, seen: Set<string>, found: Found): void {
  for (const { local, namespace, value } of element.attributes) {
    if (local.length !== 2 || local.toLowerCase() !== 'id' || (namespace !== '' && namespace !== namespaces.xml))
      continue
    if (seen.has(value)) found.repeated.add(value)
    else seen.add(value)
  }
  if (isNamed(element, namespaces.assertion, 'Assertion')) found.assertions.push(element)
  else if (isNamed(element, namespaces.assertion, 'EncryptedAssertion')) found.encryptedAssertions.push(element)
  for (const child of element.children) if (typeof child !== 'string') look(child, seen, found)
}
