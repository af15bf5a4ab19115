import type { UseFormReturnType } from '@mantine/form'
import type { Values } from '#connections/settings-values.ts'

/** What each part of the settings form is given. */
export type FieldsProps = { readonly form: UseFormReturnType<Values>; readonly readOnly: boolean }

/** For a Select: words by value. */
export const choices = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }))
