import assert from 'node:assert/strict'
import { test } from 'node:test'
import { made } from '#admin/test-api.ts'
import { startWithDirectory } from '#admin/test-users.ts'
import { now } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { grantApplication, replaceRoles } from '#users/memberships.ts'

onEveryDatabase((kind, openFresh) => {
  test(`every thing that a user has is told with its source, as data and as a sentence (${kind})`, async (t) => {
    const { db, api, id, place, tokenId, cameBySignIn, world } = await startWithDirectory(t, openFresh)
    const user = await cameBySignIn()
    const connectionId = place.connection.id
    const attribute = { by: 'connection', connectionId, attribute: 'role' } as const
    const applicationId = id('Service Desk') as `app_${string}`
    await grantApplication(db.write, user, { applicationId, source: { by: 'default', connectionId } }, now)
    const roles = [{ roleId: id('Manager') as `role_${string}`, source: attribute }]
    await replaceRoles(db.write, user, { applicationId, roles }, now)
    world.passTime(60_000)
    await api.patch(`users/${user.id}`, { teams: ['Billing'] })
    const { data } = await api.get(`users/${user.id}/provenance`)
    assert.deepEqual(data.roles, [
      {
        id: id('Manager'),
        name: 'Manager',
        applicationId,
        source: attribute,
        since: now.toISOString(),
        sentence:
          'Role Manager in Service Desk: from the attribute role of the connection Directory, since 2026-03-01 12:00 UTC.',
      },
    ])
    const sentences = [...data.fields, ...data.teams, ...data.applications].map(({ sentence }) => sentence)
    for (const sentence of [
      'Email “ada@acme.example”: from the attribute mail of the connection Directory, since 2026-03-01 12:00 UTC.',
      'Last Name “Lindqvist”: where it came from was not written down.',
      'Primary Team Agents: a default of the connection Directory, since 2026-03-01 12:00 UTC.',
      'Team Billing: from the API, with the token Provisioning, since 2026-03-01 12:01 UTC.',
      'Application Service Desk: a default of the connection Directory, since 2026-03-01 12:00 UTC.',
    ]) {
      assert.ok(sentences.includes(sentence), `${sentence}\n${sentences.join('\n')}`)
    }
    assert.deepEqual(data.teams[1].source, { by: 'api', tokenId })
    await db.write.deleteFrom('user_fields').execute()
  })

  test(`what the API makes has the API for its source, and what a rule gives, the rule (${kind})`, async (t) => {
    const { api, tokenId } = await startWithDirectory(t, openFresh)
    const guest = await made(
      api.post('users', { username: 'guest', userType: 'site', email: 'g@acme.example', teams: ['Billing'] }),
    )
    const { fields, teams } = (await api.get(`users/${guest}/provenance`)).data
    const by = (list: readonly { source: { by: string } }[], find: (one: never) => boolean) =>
      list.find(find as never)?.source.by
    assert.equal(
      by(fields, ({ field }: { field: string }) => field === 'email'),
      'api',
    )
    assert.equal(
      by(fields, ({ field }: { field: string }) => field === 'accessProfileId'),
      'rule',
    )
    assert.deepEqual(
      teams.map(({ source }: { source: unknown }) => source),
      [{ by: 'rule' }, { by: 'api', tokenId }],
    )
    await api.patch(`users/${guest}`, { email: null })
    const emptied = (await api.get(`users/${guest}/provenance`)).data.fields.find(
      ({ field }: { field: string }) => field === 'email',
    )
    assert.deepEqual(
      [emptied.value, emptied.sentence],
      [null, 'No Email: from the API, with the token Provisioning, since 2026-03-01 12:00 UTC.'],
    )
  })
})
