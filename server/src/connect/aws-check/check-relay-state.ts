import { type AwsFinding, type AwsQuestion, failed, notChecked, passed, shortly } from '#connect/aws-check/finding.ts'
import { readRelayState, relayStateOf, relayStatePartsOf } from '#connect/relay-state.ts'

/** Where the browser goes once AWS has taken the response. */
export function checkRelayState({ facts, settings, isForm }: AwsQuestion): AwsFinding {
  const { relayState } = facts
  const expected = settings === undefined ? {} : { expected: relayStateOf(settings) }
  if (relayState === null && !isForm)
    return notChecked(
      'relay-state',
      'The response was given without its form, so its RelayState is not known.',
      expected,
    )
  if (relayState === null || relayState === '')
    return failed(
      'relay-state',
      'There is no RelayState, so the window lands on the AWS console and not in Amazon Connect.',
      { ...expected, received: 'none' },
    )
  const { findings } = readRelayState(relayState, settings && relayStatePartsOf(settings))
  const evidence = { ...expected, received: shortly(relayState) }
  const broken = findings.find(({ severity }) => severity === 'broken')
  if (broken === undefined) {
    const doubts = findings.filter(({ severity }) => severity === 'doubtful').map(({ sentence }) => sentence)
    return passed('relay-state', ['RelayState leads to an instance of Amazon Connect.', ...doubts].join(' '), evidence)
  }
  const elsewhere = broken.code === 'other-instance' || broken.code === 'other-region'
  const causes = elsewhere ? ({ perhaps: 'access-denied-administrator' } as const) : {}
  return failed('relay-state', `${broken.sentence} ${broken.cure}`, { ...evidence, ...causes })
}
