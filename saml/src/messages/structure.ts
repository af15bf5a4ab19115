// Holds a message against the content model: what is out of place, which IDs repeat, how many assertions there are.

import { namespaces } from '../uris.ts'
import { isBlank } from '../xml/characters.ts'
import { attributeOf, pathOf, type XmlElement } from '../xml/tree.ts'
import { type Model, modelOf, type Particle } from './content-model.ts'

const MOST_FAULTS = 10

/** IDs are remembered; Core 1.3.4 wants 128 random bits of them, which is far less. */
const LONGEST_ID = 256

/** What is at and below an element: whether the table allows it, and what is counted. */
export type Inspection = Survey & {
  /** Everything that the table does not allow, as sentences; empty when it is sound. At most ten are listed. */
  readonly faults: readonly string[]
}

/** Both in one pass: what is out of place is counted too. */
export function inspect(root: XmlElement): Inspection {
  const found = nothingFound()
  examine(root, modelOf(root.namespace, root.local), found)
  return surveyed(found)
}

/** Only what the table does not allow. */
export function structureFaults(root: XmlElement): readonly string[] {
  return inspect(root).faults
}

/** Only what is counted, of a document of any kind. */
export function survey(root: XmlElement): Survey {
  const found = nothingFound()
  count(root, found)
  return surveyed(found)
}

function examine(element: XmlElement, model: Model | undefined, found: Found): void {
  const { faults } = found
  if (model === undefined || faults.length >= MOST_FAULTS) {
    if (model === undefined) addFault(faults, element, 'has no place here')
    count(element, found)
    return
  }
  const { content } = model
  examineAttributes(element, model, faults)
  if (typeof content !== 'string') {
    note(element, found)
    examineChildren(element, content, found)
    return
  }
  if (content === 'foreign') examineForeign(element, faults)
  else if (content === 'text') examineText(element, faults)
  count(element, found)
}

function addFault(faults: string[], element: XmlElement, what: string): void {
  if (faults.length < MOST_FAULTS) faults.push(`${pathOf(element)} ${what}`)
}

function examineText(element: XmlElement, faults: string[]): void {
  if (element.hasComment) addFault(faults, element, 'holds a comment inside its text')
  for (const child of element.children) {
    if (typeof child === 'string') continue
    addFault(faults, element, 'holds an element where text belongs')
    return
  }
}

// One pass: the sequences of these schemas need no looking back, because no name can match two places.
function examineChildren(element: XmlElement, sequence: readonly Particle[], found: Found): void {
  const { faults } = found
  let place = 0
  let times = 0
  for (const child of element.children) {
    if (typeof child === 'string') {
      if (!isBlank(child)) addFault(faults, element, 'holds text where it has no place')
      continue
    }
    const model = modelOf(child.namespace, child.local)
    if (model !== undefined) {
      const next = placeOf(model, sequence, place, times)
      if (next === -1) {
        addFault(faults, child, 'is out of place or once too often')
      } else {
        for (; place < next; place++) {
          lacks(element, sequence[place], times, faults)
          times = 0
        }
        times++
      }
    }
    examine(child, model, found)
  }
  for (; place < sequence.length; place++) {
    lacks(element, sequence[place], times, faults)
    times = 0
  }
}

/** The next place in the sequence that this may take, or -1. `times` of it are there at `from` already. */
function placeOf(model: Model, sequence: readonly Particle[], from: number, times: number): number {
  for (let place = from; place < sequence.length; place++) {
    const particle = sequence[place] as Particle
    if (particle.models.includes(model) && (place > from || times === 0 || particle.many)) return place
  }
  return -1
}

function lacks(element: XmlElement, particle: Particle | undefined, times: number, faults: string[]): void {
  if (particle === undefined || times >= particle.least) return
  addFault(faults, element, `lacks ${particle.models.map(({ name }) => name).join(' or ')}`)
}

function examineAttributes(element: XmlElement, model: Model, faults: string[]): void {
  for (const name of model.required) {
    if (!attributeOf(element, name)) addFault(faults, element, `lacks the attribute ${name}`)
  }
  for (const { prefix, local, namespace, value } of element.attributes) {
    if (value.length > LONGEST_ID && (local === 'ID' || local === 'InResponseTo')) {
      addFault(faults, element, `has an ${local} of more than ${LONGEST_ID} characters`)
    }
    const allowed =
      namespace === ''
        ? model.attributes.includes(local)
        : namespace === namespaces.schemaInstance ||
          (model.foreignAttributes && (!isOurs(namespace) || isAside(namespace, local)))
    if (!allowed) addFault(faults, element, `has the attribute ${prefix === '' ? local : `${prefix}:${local}`}`)
  }
}

function examineForeign(element: XmlElement, faults: string[]): void {
  for (const child of element.children) {
    if (typeof child === 'string') continue
    if (faults.length >= MOST_FAULTS) return
    if (isOurs(child.namespace)) addFault(faults, child, 'has no place in an extension')
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

// xml:lang and xml:space say something to people; xml:id would be another ID.
function isAside(namespace: string, local: string): boolean {
  return namespace === namespaces.xml && (local === 'lang' || local === 'space')
}

function isOurs(namespace: string): boolean {
  return ours.includes(namespace)
}

/** What is counted over a whole document, at any depth, whatever holds it. */
export type Survey = {
  /** SAML's own: the attribute ID. A Signature's Id is not among them. */
  readonly ids: readonly string[]
  /** IDs that stand more than once, in whatever spelling an ID attribute can have (Core 1.3.4, xs:ID). */
  readonly repeatedIds: readonly string[]
  readonly assertions: readonly XmlElement[]
  readonly encryptedAssertions: readonly XmlElement[]
}

type Found = {
  readonly faults: string[]
  readonly allIds: string[]
  readonly ids: string[]
  readonly assertions: XmlElement[]
  readonly encryptedAssertions: XmlElement[]
}

function nothingFound(): Found {
  return { faults: [], allIds: [], ids: [], assertions: [], encryptedAssertions: [] }
}

function surveyed({ faults, allIds, ids, assertions, encryptedAssertions }: Found): Inspection {
  return { faults, ids, repeatedIds: repeated(allIds), assertions, encryptedAssertions }
}

/** Notes the element and everything below it. */
function count(element: XmlElement, found: Found): void {
  note(element, found)
  for (const child of element.children) if (typeof child !== 'string') count(child, found)
}

function note(element: XmlElement, found: Found): void {
  for (const { local, namespace, value } of element.attributes) {
    if (local.length !== 2 || local.toLowerCase() !== 'id' || (namespace !== '' && namespace !== namespaces.xml))
      continue
    found.allIds.push(value)
    if (local === 'ID') found.ids.push(value)
  }
  if (element.namespace !== namespaces.assertion) return
  if (element.local === 'Assertion') found.assertions.push(element)
  else if (element.local === 'EncryptedAssertion') found.encryptedAssertions.push(element)
}

function repeated(values: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const value of values) {
    if (seen.has(value)) twice.add(value)
    seen.add(value)
  }
  return [...twice]
}
