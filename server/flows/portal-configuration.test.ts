// What an Environment is set to, in the portal: connections, access, keys, and the audit of it.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { onOneDatabase } from '#storage/on-every-database.ts'
import { closeBrowser } from './browser.ts'
import { administrator, invited, metadata, startPortal, violations } from './portal-stage.ts'
import { ticket } from './sallyport.ts'

after(closeBrowser)

const certificate = readFileSync(new URL('../../saml/cases/keys/other-idp.crt', import.meta.url), 'utf8')

type Connections = {
  readonly items: readonly { readonly name: string; readonly state: string; readonly issuer: string }[]
}

onOneDatabase((kind, openFresh) => {
  test(`a connection is added, set up by hand and activated; what is missing is told (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await administrator(t, stage)
    await page.getByRole('link', { name: 'Single Sign-On Settings' }).click()
    await page.getByRole('link', { name: 'Directory' }).waitFor()
    assert.deepEqual(await violations(page), [])
    await page.getByRole('button', { name: 'Add a connection' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Partners')
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click()
    await page.getByRole('heading', { name: 'Partners' }).waitFor()
    await page.getByText(/needed before the connection can be activated: Issuer, SAML Third Party/).waitFor()
    await page.getByText(/\/saml\/ssoRequest\?ticket=[a-z]{14}/).waitFor()
    assert.deepEqual(await violations(page), [])

    await page.getByLabel('SAML Third Party authentication URL').fill('not an address')
    await page.getByLabel('Issuer', { exact: true }).fill('https://partners.example/metadata')
    await page.getByLabel('Paste the Issuer Certificate').fill(certificate)
    await page.getByRole('button', { name: 'Add this certificate' }).click()
    await page.getByText('RSA 2048').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByLabel('SAML Third Party authentication URL').and(page.locator('[aria-invalid=true]')).waitFor()
    await page.getByLabel('SAML Third Party authentication URL').fill('https://partners.example/sso')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The settings are saved.').waitFor()

    await page.getByRole('button', { name: 'Activate' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click()
    await page.getByText('The connection is live.').waitFor()
    const { items } = await stage.api<Connections>('GET', 'connections')
    const partners = items.find(({ name }) => name === 'Partners')
    assert.deepEqual([partners?.state, partners?.issuer], ['live', 'https://partners.example/metadata'])
    assert.deepEqual(complaints, [])
  })

  test(`metadata and certificates are taken from files; whoever saves second keeps what they entered (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const made = await stage.api<{ readonly id: string; readonly ticket: string }>('POST', 'connections', {
      name: 'Partners',
      state: 'draft',
    })
    const { page, complaints } = await administrator(t, stage)
    await page.goto(`${stage.sallyport.url}/admin/acme/production/connections/${made.ticket}`)
    const hand = async (button: string, name: string, buffer: Buffer) => {
      const chooser = page.waitForEvent('filechooser')
      await page.getByRole('button', { name: button }).click()
      await (await chooser).setFiles({ name, mimeType: 'application/octet-stream', buffer })
    }
    await hand('or load a metadata file', 'metadata.xml', Buffer.from('<not metadata'))
    await page.getByRole('alert').getByText('Code').waitFor()
    await hand('or load a metadata file', 'metadata.xml', Buffer.from(metadata))
    await page.getByText(/fields were filled in/).waitFor()
    assert.equal(await page.getByLabel('Issuer', { exact: true }).inputValue(), 'https://idp.example/metadata')
    await hand('Load a file', 'other.crt', Buffer.from(certificate.replace(/-----[A-Z ]+-----/g, ''), 'base64'))
    await page.getByText('RSA 2048').nth(1).waitFor()
    assert.deepEqual(await violations(page), [])

    // Somebody else renames it meanwhile.
    await stage.api('PATCH', `connections/${made.id}`, { name: 'Partner companies' })
    await page.getByLabel('SAML Request Issuer URL', { exact: true }).fill('https://sso.acme.example')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('changed-meanwhile').waitFor()
    assert.equal(
      await page.getByLabel('SAML Request Issuer URL', { exact: true }).inputValue(),
      'https://sso.acme.example',
    )
    await page.reload()
    await page.getByRole('heading', { name: 'Partner companies' }).waitFor()
    await hand('or load a metadata file', 'metadata.xml', Buffer.from(metadata))
    await page.getByText(/fields were filled in/).waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The settings are saved.').waitFor()

    await page.getByRole('button', { name: 'Remove', exact: true }).first().click()
    const dialog = page.getByRole('dialog')
    assert.ok(await dialog.getByRole('button', { name: 'Remove for good' }).isDisabled())
    await dialog.getByLabel('Type Partner companies to confirm').fill('Partner companies')
    await dialog.getByRole('button', { name: 'Remove for good' }).click()
    await page.getByText('Partner companies was removed.').waitFor()
    assert.deepEqual(complaints, [])
  })

  test(`an auditor sees everything and is offered no change (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    await administrator(t, stage)
    const { page, complaints } = await invited(t, stage, 'auditor')
    await page.getByRole('link', { name: 'Single Sign-On Settings' }).click()
    await page.getByRole('link', { name: 'Directory' }).click()
    await page.getByRole('heading', { name: 'Identity provider', exact: true }).waitFor()
    for (const name of ['Activate', 'Take out of use', 'Add this certificate', 'Make a set-up link']) {
      assert.equal(await page.getByRole('button', { name }).count(), 0, name)
    }
    assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled())
    for (const [link, button, shown] of [
      ['Clients', 'Add a client', 'No clients yet'],
      ['Keys', 'Make the next key', 'The first key is made when it is first needed.'],
      ['Access', 'Add a policy', 'No policies'],
      ['Sessions', 'Logout All', 'No sessions'],
    ] as const) {
      await page.getByRole('navigation').getByRole('link', { name: link, exact: true }).click()
      await page.getByText(shown).waitFor()
      assert.equal(await page.getByRole('button', { name: button }).count(), 0, button)
      assert.equal(await page.getByRole('link', { name: button }).count(), 0, button)
    }
    assert.deepEqual(await violations(page), [])
    assert.deepEqual(complaints, [])
  })

  test(`every field of the settings page is there under its label, with the values of the connection (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await administrator(t, stage)
    await page.goto(`${stage.sallyport.url}/admin/acme/production/connections/${ticket}`)
    await page.getByRole('switch', { name: 'Create Users' }).check({ force: true })
    await page.getByRole('switch', { name: 'Enable Single Logout' }).check({ force: true })
    await page.getByRole('combobox', { name: 'User Id Location' }).click()
    await page.getByRole('option', { name: 'Attribute' }).click()
    const labels = [
      'SAML Version',
      'Issuer',
      'SAML Third Party authentication URL',
      'SAML Request Issuer URL',
      'User Id Type',
      'User Id Location',
      'Attribute for User ID',
      'Third Party Single Logout URL',
      'Logout Method',
      'Attribute for First Name',
      'Attribute for Last Name',
      'Attribute for Email',
      'Default User Type',
      'Attribute for User Type',
      'Default Team',
      'Attribute for Team',
      'Default Access Profile',
      'Attribute for Access Profile',
      'Default Application',
      'Attribute for Application',
      'Default Role',
      'Attribute for Role',
    ]
    for (const label of labels)
      assert.ok(await page.getByRole('main').getByLabel(label, { exact: true }).count(), label)
    for (const shown of [
      'Platform Authentication Service URL',
      'Assertion Consumer Service EndPoint',
      'Issuer Certificate',
    ]) {
      assert.ok(await page.getByRole('main').getByText(shown, { exact: true }).count(), shown)
    }
    assert.equal(await page.getByLabel('Issuer', { exact: true }).inputValue(), 'https://idp.example/metadata')
    assert.deepEqual(await violations(page), [])
    assert.deepEqual(complaints, [])
  })

  test(`policies are checked while they are written, simulated and removed; the audit has it all (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await administrator(t, stage)
    await page.getByRole('link', { name: 'Access' }).click()
    await page.getByText('No policies').waitFor()
    assert.deepEqual(await violations(page), [])
    await page.getByRole('link', { name: 'Add a policy' }).click()
    await page.getByLabel('Name').fill('No Site Users')
    await page
      .getByLabel('Policy', { exact: true })
      .fill('forbid (principal, action, resource)\nwhen { principal.tipe == "site" };')
    await page.getByRole('button', { name: /^Line 2, column \d+$/ }).click()
    await page.locator('textarea:focus').waitFor()
    assert.deepEqual(await violations(page), [])
    await page
      .getByLabel('Policy', { exact: true })
      .fill('forbid (principal, action, resource)\nwhen { principal.type == "nobody" };')
    await page.getByText('The policy is sound.').waitFor()
    await page.getByRole('combobox', { name: 'Mode' }).click()
    await page.getByRole('option', { name: 'Enforced' }).click()
    await page.getByRole('button', { name: 'Add the policy' }).click()
    await page.getByRole('link', { name: 'No Site Users' }).waitFor()

    await page.getByLabel('From which address').fill('198.51.100.7')
    await page.getByRole('button', { name: 'Ask' }).click()
    await page.getByText('Because of: No Site Users').waitFor()

    await page.getByRole('link', { name: 'No Site Users' }).click()
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('button', { name: 'Remove for good' }).click()
    await page.getByText('No policies').waitFor()
    await page.getByRole('link', { name: 'Audit' }).click()
    await page.getByText('access-policy.removed').waitFor()
    assert.equal(await page.getByRole('cell', { name: 'grace@acme.example' }).count(), 2)
    assert.deepEqual(await violations(page), [])
    assert.deepEqual(complaints, [])
  })

  test(`whoever would shut out their own address is asked first (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await administrator(t, stage)
    await page.goto(`${stage.sallyport.url}/admin/acme/production/access`)
    await page.getByLabel('Ranges').fill('203.0.113.0/24')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog', { name: 'Your own address is not among them' }).waitFor()
    assert.deepEqual(await violations(page), [])
    await page.getByRole('button', { name: 'Save all the same' }).click()
    await page.getByText('The allowed addresses are saved.').waitFor()
    const { ranges } = await stage.api<{ readonly ranges: readonly string[] }>('GET', 'access/addresses')
    assert.deepEqual(ranges, ['203.0.113.0/24'])
    assert.deepEqual(complaints, [])
  })

  test(`keys go from next to active, each step with its consequence (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await administrator(t, stage)
    await page.getByRole('link', { name: 'Keys' }).click()
    await page.getByRole('button', { name: 'Make the next key' }).first().click()
    await page.getByText('The next key is there.').waitFor()
    await page.getByRole('button', { name: 'Activate' }).click()
    await page.getByText('Identity providers that do not know the new key will refuse our messages.').waitFor()
    await page.getByRole('button', { name: 'Activate it' }).click()
    await page.getByText('The key signs from now on.').waitFor()
    await page.getByRole('cell', { name: 'Active' }).waitFor()
    assert.deepEqual(await violations(page), [])
    assert.deepEqual(complaints, [])
  })
})
