import { Alert, Button, Group, List, Modal, Stack, Text } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { ApiProblem, type FieldProblem } from '#api/problem.ts'
import { Fault } from '#parts/answers.tsx'
import { WarningIcon } from '#parts/icons.tsx'
import { words } from '#words/words.ts'

type FormProps<V extends object> = {
  readonly form: UseFormReturnType<V>
  /** Sends it. What it throws is shown here; what was entered stays. */
  readonly send: (values: V) => Promise<unknown>
  readonly done?: () => void
  readonly submit?: string
  readonly cancel?: (() => void) | undefined
  /** Names of the API that are named otherwise here: `{ 'targets.origins': 'origins' }`. */
  readonly fieldOf?: Readonly<Record<string, string>>
  readonly disabled?: boolean
  /** Nothing of it is worth a warning before somebody leaves. */
  readonly forgetful?: boolean
  readonly children: ReactNode
}

/** A form over the API: a problem of a field stands beside that field, any other above the buttons. */
export function ApiForm<V extends object>(props: FormProps<V>) {
  const { form, send, done, submit = words.save, cancel, fieldOf = {}, disabled, forgetful, children } = props
  const element = useRef<HTMLFormElement>(null)
  const [others, setOthers] = useState<readonly FieldProblem[]>([])
  const [refusals, setRefusals] = useState(0)
  // Once the faults are drawn, to the first of them.
  useEffect(() => {
    if (refusals > 0) element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [refusals])
  // What is on its way may lead elsewhere by itself, and who cancels has been asked already.
  const lost = useRef(true)
  const sending = useMutation({
    mutationFn: (values: V) => {
      lost.current = false
      return send(values)
    },
    onSuccess: () => {
      form.resetDirty()
      done?.()
      lost.current = true
    },
    onError: (error) => {
      lost.current = true
      const problems = error instanceof ApiProblem ? error.problems : []
      const { known, unknown } = sortProblems(problems, form.getValues(), fieldOf)
      form.setErrors(known)
      setOthers(unknown)
      setRefusals((before) => before + 1)
    },
  })
  const error = sending.error instanceof ApiProblem && sending.error.problems.length > 0 ? undefined : sending.error
  return (
    <form ref={element} noValidate onSubmit={form.onSubmit((values) => sending.mutate(values))}>
      <Stack gap="md">
        {children}
        {error !== null && error !== undefined && <Fault error={error} />}
        {others.length > 0 && sending.isError && <OtherProblems problems={others} />}
        <Group gap="xs" className="form-actions">
          <Button type="submit" loading={sending.isPending} disabled={disabled ?? false}>
            {submit}
          </Button>
          {cancel && (
            <Button
              variant="default"
              onClick={() => {
                lost.current = false
                cancel()
              }}
            >
              {words.cancel}
            </Button>
          )}
        </Group>
      </Stack>
      {forgetful !== true && <LeaveWarning unsaved={() => lost.current && form.isDirty()} />}
    </form>
  )
}

/** Before what was entered is lost by going elsewhere, in the portal or out of it. */
function LeaveWarning({ unsaved }: { readonly unsaved: () => boolean }) {
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && unsaved(),
    enableBeforeUnload: unsaved,
    withResolver: true,
  })
  return (
    <Modal opened={leaving.status === 'blocked'} onClose={() => leaving.reset?.()} title={words.unsaved} centered>
      <Stack gap="md">
        <Text>{words.unsavedWhat}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" data-autofocus onClick={() => leaving.reset?.()}>
            {words.stay}
          </Button>
          <Button color="broken" variant="outline" onClick={() => leaving.proceed?.()}>
            {words.leave}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function OtherProblems({ problems }: { readonly problems: readonly FieldProblem[] }) {
  return (
    <Alert color="broken" variant="outline" icon={<WarningIcon />} role="alert">
      <List size="sm">
        {problems.map(({ path, message }) => (
          <List.Item key={path + message}>
            {path !== '' && <code>{path}</code>} {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}

/** Beside the field that is named, or the nearest one that holds it: `redirectUris.2` belongs to `redirectUris`. */
function sortProblems(problems: readonly FieldProblem[], values: object, fieldOf: Readonly<Record<string, string>>) {
  const known: Record<string, string> = {}
  const unknown: FieldProblem[] = []
  for (const problem of problems) {
    const field = fieldAt(fieldOf[problem.path] ?? problem.path, values)
    if (field === undefined) unknown.push(problem)
    else known[field] = [known[field], problem.message].filter(Boolean).join('; ')
  }
  return { known, unknown }
}

function fieldAt(path: string, values: object): string | undefined {
  const parts = path.split('.')
  let value: unknown = values
  for (const [depth, part] of parts.entries()) {
    if (typeof value !== 'object' || value === null || !(part in value)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[part]
    if (typeof value !== 'object' || Array.isArray(value)) return parts.slice(0, depth + 1).join('.')
  }
  return undefined
}
