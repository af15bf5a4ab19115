// The demo Company that `npm start` brings: what the sandbox's directory says of its people, and what becomes of them.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { people } from '@sallyport/sandbox'
import { createFormBrowser } from '@sallyport/sandbox/peers/form-browser.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { accountsOf } from './accounts.ts'
import { startSallyport, startSandbox } from './sallyport.ts'

const template = readFileSync(new URL('../../sandbox/demo/sallyport.yaml', import.meta.url), 'utf8')

onEveryDatabase((kind, openFresh) => {
  test(`everybody in the sandbox’s directory gets the account that it describes, in both Environments (${kind})`, async (t) => {
    const sallyport = await startSallyport(t, await openFresh(t))
    const sandbox = await startSandbox(t, sallyport)
    const yaml = template
      .replaceAll(placeholder('SALLYPORT_PUBLIC_URL'), sallyport.url)
      .replaceAll(placeholder('SANDBOX_PUBLIC_URL'), sandbox.url)
    await sallyport.apply(yaml, { 'metadata.xml': sandbox.metadataXml })
    const signIn = async (ticket: string, username: string): Promise<number> => {
      const browser = createFormBrowser()
      const start = await browser.open(
        `${sallyport.url}/saml/ssoRequest?ticket=${ticket}&done=${sallyport.url}/healthz`,
      )
      // One of the connections sends its request by HTTP-POST.
      const [request] = start.forms.filter(({ fields }) => 'SAMLRequest' in fields)
      const page = request === undefined ? start : await browser.submit(start, request)
      const answer = await browser.submit(page, page.forms[0]!, { person: username, answer: 'correct' })
      return (await browser.submit(answer, answer.forms[0]!)).status
    }
    const tickets = [...template.matchAll(/ticket: (\w+)/g)].map(([, ticket = '']) => ticket)
    assert.equal(tickets.length, 3)
    for (const ticket of tickets) {
      for (const { username } of people) assert.equal(await signIn(ticket, username), 200, `${username} at ${ticket}`)
    }
    assert.deepEqual(await accountsOf(sallyport), {
      ada: ['*Agents, Supervisors', 'Service Desk: Agent, Manager'],
      alan: ['*Portal Users and Customers, Agents'],
      grace: ['*Supervisors, Agents', 'Service Desk: Agent, Manager'],
      katherine: ['*Agents', 'Service Desk: Agent'],
      zoe: ['*Agents', 'Service Desk: Agent'],
    })
  })
})

function placeholder(name: string): string {
  return `\${${name}}`
}
