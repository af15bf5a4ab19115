/**
 * Gives the pure `answer.ts` what it needs: the key, the time, fresh ids, a key of somebody else, and the memory of the
 * last correct answer to each address, for replaying it. It knows no HTTP.
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { SandboxSettings } from '../settings.ts'
import { identityProviderUrls } from '../settings.ts'
import { newMessageId } from '../world.ts'
import {
  type AnswerFacts,
  type AnswerToPost,
  type Asked,
  answerAlgorithm,
  answerNoPassive,
  answerWithPerson,
  type SignaturePlacement,
} from './answer.ts'
import type { BrowserSession } from './browser-sessions.ts'
import { correct, type Deviation } from './misbehaviours.ts'
import type { AttributeToWrite } from './people.ts'

/** How an answer shall be. */
export type AnswerChoice = {
  readonly misbehaviour: Deviation
  readonly placement: SignaturePlacement
  readonly attributes: readonly AttributeToWrite[]
}

/** What a browser gets that is signed in already: nothing was chosen. */
export const plainAnswer: AnswerChoice = { misbehaviour: correct, placement: 'assertion', attributes: [] }

export type Answering = ReturnType<typeof createAnswering>

export function createAnswering(settings: SandboxSettings) {
  const previousFields = new Map<string, string>()
  let strangerKey: KeyObject | undefined

  const factsFor = (asked: Asked): AnswerFacts => ({
    now: settings.clock(),
    newId: () => newMessageId(settings.chance),
    publicUrl: settings.publicUrl,
    issuer: identityProviderUrls(settings.publicUrl).entityId,
    signer: { key: settings.key, algorithm: answerAlgorithm, certificatePem: settings.certificatePem },
    // Claims the right certificate: whoever took the key from KeyInfo would only find that it does not fit.
    stranger: () => {
      strangerKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
      return { key: strangerKey, algorithm: answerAlgorithm, certificatePem: settings.certificatePem }
    },
    previousField: previousFields.get(asked.acsUrl),
  })

  return {
    answer(
      asked: Asked,
      session: Pick<BrowserSession, 'person' | 'authnInstant'>,
      sessionIndex: string,
      { misbehaviour, placement, attributes }: AnswerChoice,
    ): AnswerToPost {
      const { person, authnInstant } = session
      const order = { asked, person, authnInstant, sessionIndex, misbehaviour, placement, attributes }
      const answer = answerWithPerson(order, factsFor(asked))
      if (misbehaviour === correct) previousFields.set(asked.acsUrl, answer.SAMLResponse)
      return answer
    },
    nobodyIsHere: (asked: Asked): AnswerToPost => answerNoPassive(asked, factsFor(asked)),
    canReplay: (asked: Asked): boolean => previousFields.has(asked.acsUrl),
  }
}
