import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOfPolicy, policyFaultCodes } from '#access/validate.ts'

const scope = 'forbid (principal, action, resource)'

/** Text, code, line, column, and the beginning of what is said of it. */
const cases: readonly (readonly [string, string, number, number, RegExp])[] = [
  ['', 'policy-empty', 1, 1, /^There is no policy/],
  ['// nothing', 'policy-empty', 1, 1, /^There is no policy/],
  [`${scope};${' '.repeat(20 * 1024)}`, 'policy-long', 1, 1, /^The policy has 20517 bytes; 20480 are allowed/],
  [`${scope}\nwhen { "a\u0000" == "a" };`, 'policy-characters', 2, 10, /^Here is a control character/],
  [`${scope} // \ud800`, 'policy-characters', 1, 41, /^Here is a control character/],
  [scope, 'policy-syntax', 1, 37, /^Unexpected end of input \(expected `;`/],
  [`${scope}\nwhen { principal.type = "site" };`, 'policy-syntax', 2, 8, /^'=' is not a valid operator in Cedar/],
  [`// Süd 🐎\n${scope}\nwhen { "ü🐎" = "site" };`, 'policy-syntax', 3, 8, /^'=' is not a valid operator/],
  [`${scope}; ${scope};`, 'policy-several', 1, 1, /^There are several policies/],
  ['forbid (principal == ?principal, action, resource);', 'policy-template', 1, 1, /^This is a template/],
  ['\n  permit (principal, action, resource);', 'policy-permit', 2, 3, /^A permit changes nothing/],
  [`\n@effect("ask")\n${scope};`, 'policy-effect', 2, 1, /^The annotation @effect/],
  [
    `${scope}\nwhen { principal.typ == "site" };`,
    'policy-schema',
    2,
    8,
    /^Attribute `typ` on entity type `User` not found/,
  ],
  [
    'forbid (principal, action == Action::"signin", resource);',
    'policy-schema',
    1,
    30,
    /^Unrecognized action `Action::"signin"`\. Did you mean `Action::"sign-in"`\?$/,
  ],
  [
    `${scope} when { context.authnContext == "x" };`,
    'policy-schema',
    1,
    45,
    /^Unable to guarantee safety .*context has/s,
  ],
  [`${scope} when { principal.getTag("x").contains("y") };`, 'policy-schema', 1, 45, /hasTag/],
  [`${scope} when { context.address == ip("300.0.0.1") };`, 'policy-schema', 1, 64, /CIDR/],
]

test('what is wrong with a policy is told with its place, in a sentence, with a cure', async () => {
  for (const [text, code, line, column, said] of cases) {
    const faults = await faultsOfPolicy(text)
    const [fault] = faults
    assert.deepEqual([faults.length, fault?.code, fault?.line, fault?.column], [1, code, line, column], text)
    assert.match(`${fault?.sentence} ${fault?.cure}`, said)
    assert.match(fault?.sentence ?? '', /[.?]$/)
    assert.match(fault?.cure ?? '', /[.?]$/)
  }
  assert.deepEqual([...new Set(cases.map(([, code]) => code))].toSorted(), policyFaultCodes.toSorted())
})

test('what can be saved has no fault', async () => {
  for (const text of [
    `${scope};`,
    `@id("x") @effect("reauthenticate")\r\n${scope}\t;`,
    `@effect("deny") ${scope} unless { principal.teams.containsAny(["Süd", "🐎"]) };`,
    `forbid (principal is User, action in [Action::"sign-in", Action::"call"], resource == Client::"x");`,
  ])
    assert.deepEqual(await faultsOfPolicy(text), [], text)
})
