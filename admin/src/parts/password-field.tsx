import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { words } from '#words/words.ts'

/** Mantine marks the field for the eye alone where it is wrong: this one tells screen readers, too. */
export function PasswordField(props: PasswordInputProps) {
  return (
    <PasswordInput
      visibilityToggleButtonProps={{ 'aria-label': words.showPassword }}
      {...props}
      {...(props.error ? { 'aria-invalid': true } : {})}
    />
  )
}
