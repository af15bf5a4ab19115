import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grant, makeDirectory, makePerson, world } from '#account/test-account.ts'
import { makeNeighbours, now, the } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { findAccount, holdAccount } from '#users/accounts.ts'
import { replaceRoles, setActiveRole } from '#users/memberships.ts'

onEveryDatabase((kind, openFresh) => {
  test(`only a role that the person has in that application becomes active; taken away, it is not (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, other } = await makeNeighbours(db, world)
    const { desk, billing } = await makeDirectory(db, mine)
    const theirs = await makeDirectory(db, other)
    const ada = await makePerson(db, mine)
    const neighbour = await makePerson(db, other)
    await grant(db, ada, { application: desk, roles: [desk.agent, desk.lead] })
    await grant(db, neighbour, { application: theirs.desk, roles: [theirs.desk.agent] })
    const active = async (user = ada) =>
      the(await findAccount(db.read, user.environmentId, user.id)).applications.map(({ activeRoleId }) => activeRoleId)
    const set = (applicationId: typeof desk.id, { id }: { id: typeof desk.agent.id }, user = ada) =>
      setActiveRole(db.write, user, { applicationId, roleId: id })

    assert.equal(await set(desk.id, billing.clerk), false, 'a role of another application')
    assert.equal(await set(billing.id, billing.clerk), false, 'an application without access')
    assert.equal(await set(theirs.desk.id, theirs.desk.agent), false, 'the neighbour’s')
    assert.equal(await set(desk.id, theirs.desk.agent), false, 'the neighbour’s role in mine')
    const astray = { ...neighbour, environmentId: mine.environment.id }
    assert.equal(await set(theirs.desk.id, theirs.desk.agent, astray), false, 'the neighbour, asked for in mine')
    assert.deepEqual([await active(), await active(neighbour)], [[undefined], [undefined]])
    assert.equal(await set(desk.id, desk.lead), true)
    assert.deepEqual(await active(), [desk.lead.id])
    const source = { by: 'rule' } as const
    await replaceRoles(db.write, ada, { applicationId: desk.id, roles: [{ roleId: desk.agent.id, source }] }, now)
    assert.deepEqual(await active(), [undefined])
  })

  test(`an account is held by whoever names its Environment (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, other } = await makeNeighbours(db, world)
    const ada = await makePerson(db, mine)
    const hold = (environmentId: typeof ada.environmentId) =>
      db.transaction((tx) => holdAccount(tx, environmentId, ada.id))
    assert.equal(await hold(other.environment.id), undefined)
    assert.deepEqual(await hold(mine.environment.id), await findAccount(db.read, mine.environment.id, ada.id))
    assert.equal(the(await hold(mine.environment.id)).user.version, ada.version, 'holding is no change')
  })
})
