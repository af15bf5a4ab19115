// Sign-ins for the portal to tell of: people who come through the sandbox's identity provider, well or badly.

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { MisbehaviourName } from '@sallyport/sandbox'
import { createFormBrowser } from '@sallyport/sandbox/peers/form-browser.ts'
import type { Database } from '#storage/database.ts'
import { type PortalStage, startPortal } from './portal-stage.ts'
import { createsUsers, oneConnection, type Sandbox, startSandbox, ticket } from './sallyport.ts'

export type SignInStage = PortalStage & {
  readonly sandbox: Sandbox
  /** A whole sign-in in a browser of its own; says what the last page says, and the SAMLResponse that came. */
  readonly signIn: (
    person: string,
    answer?: MisbehaviourName,
  ) => Promise<{ readonly reference: string; readonly samlResponse: string }>
}

/** The portal's stage with the sandbox behind its one connection. */
export async function startSignIns(t: TestContext, db: Database): Promise<SignInStage> {
  const stage = await startPortal(t, db)
  const sandbox = await startSandbox(t, stage.sallyport)
  await stage.sallyport.apply(oneConnection(`${sandbox.url}/app/`, [createsUsers], ['teams: [Agents, Supervisors]']), {
    'metadata.xml': sandbox.metadataXml,
  })
  const start = `${stage.sallyport.url}/saml/ssoRequest?ticket=${ticket}`
  return {
    ...stage,
    sandbox,
    signIn: async (person, answer = 'correct') => {
      const browser = createFormBrowser()
      const asked = await browser.open(start)
      const [form] = asked.forms
      assert.ok(form, asked.body)
      const answered = await browser.submit(asked, form, { answer, person })
      const [carried] = answered.forms
      assert.ok(carried, answered.body)
      const { body } = await browser.submit(answered, carried)
      const [, reference = ''] = /<code>([0-9A-Z-]{11})<\/code>/.exec(body) ?? []
      return { reference, samlResponse: carried.fields.SAMLResponse ?? '' }
    },
  }
}
