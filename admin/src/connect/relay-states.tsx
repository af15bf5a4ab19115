import { Text } from '@mantine/core'
import { RelayStateBuilder } from '#connect/relay-state-builder.tsx'
import { RelayStateReader } from '#connect/relay-state-reader.tsx'
import type { AmazonConnect, Settings } from '#connect/settings.ts'
import { Copyable } from '#parts/copyable.tsx'
import { Fold } from '#parts/fold.tsx'
import { Section } from '#parts/page.tsx'
import { relayState as text } from '#words/amazon-connect.ts'

type Props = { readonly connect: AmazonConnect; readonly settings: Settings }

/** RelayState: that of the settings, any other, and what somebody has found at the identity provider. */
export function RelayStates({ connect: { relayState }, settings }: Props) {
  return (
    <Section title={text.title} intro={text.intro}>
      <div className="fields">
        {relayState !== null && (
          <div>
            <Text size="sm" fw={600}>
              {text.saved}
            </Text>
            <Copyable value={relayState} what={text.title} />
            <Text size="xs" c="dimmed">
              {text.savedHelp}
            </Text>
          </div>
        )}
        <Fold summary={text.build}>
          <RelayStateBuilder settings={settings} />
        </Fold>
        <Fold summary={text.read}>
          <RelayStateReader />
        </Fold>
      </div>
    </Section>
  )
}
