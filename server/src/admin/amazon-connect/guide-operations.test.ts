import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { deepLinkProducts } from '#connect/deep-links/deep-links.ts'
import { buildRelayState, relayStateOf, relayStatePartsOf } from '#connect/relay-state.ts'
import { deepLink, instanceId, leastTyped, testSettings } from '#connect/test-settings.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const typed = { ...leastTyped, singleSignOn: { enabled: true, url: deepLink }, federation: { product: 'okta' } }
const settings = testSettings(typed)
const relayState = relayStateOf(settings)

type Finding = { readonly code: string }
const codesOf = ({ findings }: { readonly findings: readonly Finding[] }) => findings.map(({ code }) => code)

onEveryDatabase((kind, openFresh) => {
  test(`a RelayState is read, and compared with this Environment's instance only (${kind})`, async (t) => {
    const { api, neighbour } = await startApi(t, openFresh)
    const read = async (text: string, who = api) => (await who.post('amazon-connect/relay-state', { text })).data
    assert.equal((await api.put('amazon-connect', typed)).statusCode, 200)
    assert.deepEqual(await read(relayState), {
      parts: relayStatePartsOf(settings),
      landing: '/ccp-v2',
      mended: relayState,
      findings: [],
    })
    const elsewhere = relayState.replace('eu-west-2', 'us-east-1')
    assert.deepEqual(codesOf(await read(elsewhere)), ['other-region'])
    assert.deepEqual(codesOf(await read(elsewhere, neighbour)), [], 'the neighbour has no instance')
    const nothing = await read('acme')
    assert.deepEqual([nothing.parts, nothing.landing, nothing.mended], [null, null, null])
    assert.deepEqual(codesOf(nothing), ['not-an-address'])
    assertProblem(await api.post('amazon-connect/relay-state', { text: 'x'.repeat(20_001) }), 400, 'invalid-input')
  })

  test(`a RelayState is made of the settings, or of what is asked (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    const make = (wanted: object) => api.post('amazon-connect/relay-states', wanted)
    const refused = await make({})
    assertProblem(refused, 400, 'invalid-input')
    assert.match(refused.data.detail, /^region: is needed, since the Environment has no instance\. And 1 more/)
    const asked = { region: 'eu-central-1', instanceId: instanceId.toUpperCase(), destination: null, newDomain: false }
    assert.equal(
      (await make(asked)).data.relayState,
      `https://eu-central-1.console.aws.amazon.com/connect/federate/${instanceId}`,
    )
    await api.put('amazon-connect', typed)
    const { data } = await make({})
    assert.deepEqual(
      [data.relayState, data.link],
      [relayState, `${deepLink}?RelayState=${encodeURIComponent(relayState)}`],
    )
    assert.match(data.note, /^Paste this link/)
    const google = (await make({ product: 'google-workspace', destination: 'agent-app-v2' })).data
    const parts = { ...relayStatePartsOf(settings), destination: 'agent-app-v2' as const }
    assert.deepEqual([google.relayState, google.link], [buildRelayState(parts), null])
    assert.match(google.note, /Start URL\.$/)
    for (const wrong of [{ region: 'London' }, { instanceId: 'acme' }, { destination: '/ccp' }, { product: 'x' }])
      assertProblem(await make(wrong), 400, 'invalid-input')
  })

  test(`whatever is typed is answered (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    await api.put('amazon-connect', typed)
    const odd = ['\0', '\ud800', '\ud83e', 'a\r\nb', '\u202e', '%', '%ff', '__proto__', '{found}', 'x'.repeat(20_001)]
    for (const text of odd) {
      const asked = [
        await api.post('amazon-connect/relay-states', { destination: 'agent-app-v2', vdiPlatform: text }),
        await api.post('amazon-connect/relay-states', { deepLink: `https://acme.okta.com/${text}`, product: 'okta' }),
        await api.post('amazon-connect/relay-states', { region: text, instanceId: text }),
        await api.post('amazon-connect/relay-state', { text }),
        await api.post('amazon-connect/deep-link', { text: `https://acme.okta.com/app/${text}?RelayState=${text}` }),
      ]
      for (const { statusCode } of asked)
        assert.ok([200, 400].includes(statusCode), `${statusCode} ${JSON.stringify(text)}`)
    }
  })

  test(`a deep link is read with the settings at hand (${kind})`, async (t) => {
    const { api, neighbour } = await startApi(t, openFresh)
    const read = async (text: string, more = {}, who = api) =>
      (await who.post('amazon-connect/deep-link', { text, ...more })).data
    await api.put('amazon-connect', typed)
    const good = await read(`${deepLink}?RelayState=${encodeURIComponent(relayState)}`)
    assert.deepEqual([good.product, good.name, good.findings], ['okta', 'Okta', []])
    assert.deepEqual(good.relayState.parts, relayStatePartsOf(settings))
    assert.deepEqual(codesOf(await read(deepLink, { product: 'entra-id' })), ['other-product', 'relay-state-elsewhere'])
    assert.deepEqual(codesOf(await read('https://sso.example/acme/production')), ['own-address'])
    const other = `${deepLink}?RelayState=${encodeURIComponent(relayState.replace('eu-west-2', 'us-east-1'))}`
    assert.deepEqual(codesOf(await read(other)), ['other-region'])
    assert.deepEqual(codesOf(await read(other, {}, neighbour)), [])
    const nothing = await read('')
    assert.deepEqual([nothing.product, nothing.name, nothing.parts, nothing.relayState], [null, null, [], null])
  })

  test(`the guide and its files have the values of this Environment, and none of a neighbour's (${kind})`, async (t) => {
    const { api, neighbour } = await startApi(t, openFresh)
    await api.put('amazon-connect', typed)
    const guide = (await api.get('amazon-connect/federation/guide')).data
    assert.deepEqual([guide.product, guide.steps.length], ['okta', 5])
    assert.deepEqual(
      guide.products,
      deepLinkProducts.map(({ product, name }) => ({ product, name })),
    )
    assert.equal(guide.steps[2].fields[0].ourValue, relayState)
    assert.equal(guide.steps[4].fields[0].ourValue, 'https://sso.example/acme/production')
    const entra = (await api.get('amazon-connect/federation/guide?product=entra-id')).data
    assert.equal(entra.name, 'Microsoft Entra ID')
    const theirs = await neighbour.get('amazon-connect/federation/guide')
    assert.deepEqual([theirs.data.product, theirs.data.steps[2].fields[0].ourValue], ['generic', null])
    assert.ok(!theirs.body.includes(instanceId))
    assertProblem(await api.get('amazon-connect/federation/guide?product=nobody'), 400, 'invalid-input')

    const { items } = (await api.get('amazon-connect/federation/artefacts')).data
    const [trust] = items
    assert.deepEqual([trust.name, trust.missing], ['trust-policy.json', []])
    assert.match(trust.text, /arn:aws:iam::123456789012:saml-provider\/CompanyDirectory/)
    const names = async (product: string) =>
      (await api.get(`amazon-connect/federation/artefacts?product=${product}`)).data.items.map(
        ({ name }: { readonly name: string }) => name,
      )
    assert.ok((await names('entra-id')).includes('role-listing-policy.json'))
    assert.ok(!(await names('ad-fs')).includes('role-listing-policy.json'))
    const other = await neighbour.get('amazon-connect/federation/artefacts')
    assert.ok(other.data.items[0].missing.length > 0 && !other.body.includes('123456789012'))
  })

  test(`a token without the scope reads none of it (${kind})`, async (t) => {
    const { app, db, world, place } = await startApi(t, openFresh)
    const { secret } = await makeSecret(db, world, { environmentId: place.environment.id }, ['users:read'])
    const api = testApi(app, place.environment.id, secret)
    for (const answer of [
      await api.get('amazon-connect/federation/guide'),
      await api.get('amazon-connect/federation/artefacts'),
      await api.post('amazon-connect/deep-link', { text: deepLink }),
    ])
      assertProblem(answer, 403, 'scope-missing')
  })
})
