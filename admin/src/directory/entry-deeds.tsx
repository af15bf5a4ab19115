import { Button, Group, Modal, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useHere } from '#api/here.ts'
import { ConfirmButton } from '#parts/confirm.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { directory as text } from '#words/directory.ts'

export type EntryKind = keyof typeof text.kinds
export type Entry = {
  readonly id: string
  readonly name: string
  readonly standard: boolean
  readonly userManagement?: boolean
}

/** What is kept of it is asked for again, also where its name is offered to be chosen. */
function useAfter(kind: EntryKind) {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  return (sentence: string) => {
    notice(sentence)
    void queries.invalidateQueries({ queryKey: here.key(kind) })
    void queries.invalidateQueries({ queryKey: here.key('directory-names') })
  }
}

export function AddEntry({ kind, applicationId }: { readonly kind: EntryKind; readonly applicationId?: string }) {
  const [opened, setOpened] = useState(false)
  const { add } = text.kinds[kind]
  return (
    <Group mt="sm">
      <Button variant="default" size="xs" onClick={() => setOpened(true)}>
        {add}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={add} centered>
        <AddForm kind={kind} applicationId={applicationId} close={() => setOpened(false)} />
      </Modal>
    </Group>
  )
}

function AddForm(props: {
  readonly kind: EntryKind
  readonly applicationId: string | undefined
  readonly close: () => void
}) {
  const { kind, applicationId, close } = props
  const here = useHere()
  const after = useAfter(kind)
  const form = useForm({ initialValues: { name: '', userManagement: false } })
  const send = async ({ name, userManagement }: typeof form.values) => {
    if (kind === 'roles') await here.post('roles', { body: { name, applicationId: applicationId ?? '' } as never })
    else if (kind === 'access-profiles') await here.post(kind, { body: { name, userManagement } })
    else await here.post(kind, { body: { name } })
    after(text.added(name))
    close()
  }
  return (
    <ApiForm form={form} send={send} submit={text.addSubmit} cancel={close}>
      <TextInput label={text.name} data-autofocus {...form.getInputProps('name')} />
      {kind === 'access-profiles' && (
        <Switch label={text.userManagement} {...form.getInputProps('userManagement', { type: 'checkbox' })} />
      )}
    </ApiForm>
  )
}

export function EntryDeeds({ kind, entry }: { readonly kind: EntryKind; readonly entry: Entry }) {
  const here = useHere()
  const after = useAfter(kind)
  const [renaming, setRenaming] = useState(false)
  const { id, name, standard } = entry
  if (standard) return undefined
  return (
    <div className="deeds">
      <Button variant="default" size="xs" onClick={() => setRenaming(true)}>
        {text.rename}
      </Button>
      <ConfirmButton
        label={text.remove}
        title={text.removeTitle(name)}
        consequence={text.removeWhat(name)}
        confirm={text.removeConfirm}
        act={() => here.remove(`${kind}/{id}`, { path: { id } })}
        done={() => after(text.removed(name))}
      />
      <Modal opened={renaming} onClose={() => setRenaming(false)} title={text.renameTitle(name)} centered>
        <RenameForm kind={kind} entry={entry} close={() => setRenaming(false)} />
      </Modal>
    </div>
  )
}

function RenameForm(props: { readonly kind: EntryKind; readonly entry: Entry; readonly close: () => void }) {
  const { kind, entry, close } = props
  const here = useHere()
  const after = useAfter(kind)
  const path = { id: entry.id }
  const form = useForm({ initialValues: { name: entry.name } })
  const send = async (body: typeof form.values) => {
    // The state that is changed is the one of this moment: the name is all that there is to lose.
    const { etag } = await here.getTagged(`${kind}/{id}`, { path })
    await here.patch(`${kind}/{id}`, { path, body, ifMatch: etag })
    after(text.renamed(body.name))
    close()
  }
  return (
    <ApiForm form={form} send={send} cancel={close}>
      <TextInput label={text.name} data-autofocus {...form.getInputProps('name')} />
    </ApiForm>
  )
}
