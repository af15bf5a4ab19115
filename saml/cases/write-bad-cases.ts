// node saml/cases/write-bad-cases.ts: writes the table of bad cases into saml/cases/bad/<what>/.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { badCases } from './bad-cases.ts'
import { type Case, casesFolder, readKey } from './case.ts'
import { acs, idp, now, sp } from './one-change.ts'

rmSync(join(casesFolder, 'bad'), { recursive: true, force: true })
for (const [name, { title, failures, make, certificates = ['idp.crt'], decryptionKeys }] of Object.entries(badCases)) {
  const folder = join(casesFolder, 'bad', name)
  const described: Case = {
    title,
    kind: 'response',
    certificates: certificates.map(readKey),
    ...(decryptionKeys === undefined ? {} : { decryptionKeys: decryptionKeys.map(readKey) }),
    issuer: idp,
    audience: sp,
    acsUrl: acs,
    inResponseTo: '_request',
    now: now.toISOString(),
    expect: { failures },
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'case.json'), `${JSON.stringify(described, null, 2)}\n`)
  writeFileSync(join(folder, 'response.xml'), make())
}
