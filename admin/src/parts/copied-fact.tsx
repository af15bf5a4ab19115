import { Text } from '@mantine/core'
import { Copyable } from '#parts/copyable.tsx'

/** For `Facts`: a value to be carried elsewhere, with what to do with it below. */
export function copiedFact(label: string, value: string, help?: string) {
  return [
    label,
    <div key={label}>
      <Copyable value={value} what={label} />
      {help && (
        <Text size="xs" c="dimmed">
          {help}
        </Text>
      )}
    </div>,
  ] as const
}
