import { Button, FileButton, Group, Modal, PasswordInput, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useHere } from '#api/here.ts'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { keys as text } from '#words/keys.ts'

/** A key that was made elsewhere, as the next one. */
export function ImportKey() {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {text.import}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={text.import} size="lg" centered>
        <ImportForm close={() => setOpened(false)} />
      </Modal>
    </>
  )
}

type Values = {
  readonly pem: string
  readonly file: { readonly name: string; readonly pkcs12: string } | null
  readonly password: string
  readonly alias: string
}

function ImportForm({ close }: { readonly close: () => void }) {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  const form = useForm<Values>({ initialValues: { pem: '', file: null, password: '', alias: '' } })
  const { file } = form.values
  const take = async (chosen: File | null) => {
    if (chosen === null) return
    const bytes = new Uint8Array(await chosen.arrayBuffer())
    const latin = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
    // A PEM file is text, and is shown; anything else is taken for PKCS#12.
    if (latin.includes('-----BEGIN')) form.setValues({ pem: latin, file: null })
    else form.setValues({ pem: '', file: { name: chosen.name, pkcs12: btoa(latin) } })
  }
  const send = ({ pem, file, password, alias }: Values) =>
    here.post('keys/import', {
      body:
        file === null
          ? { pem, ...given('passphrase', password) }
          : { pkcs12: file.pkcs12, ...given('password', password), ...given('alias', alias) },
    })
  const done = () => {
    notice(text.imported)
    close()
    void queries.invalidateQueries({ queryKey: here.key('keys') })
  }
  return (
    <ApiForm
      form={form}
      send={send}
      done={done}
      submit={text.importSubmit}
      cancel={close}
      fieldOf={{ passphrase: 'password', pkcs12: 'file' }}
      disabled={file === null && form.values.pem.trim() === ''}
    >
      <Text c="dimmed">{text.importIntro}</Text>
      <Group gap="xs">
        <FileButton onChange={(chosen) => void take(chosen)}>
          {(button) => (
            <Button variant="default" size="xs" {...button}>
              {text.file}
            </Button>
          )}
        </FileButton>
        <Text size="sm" c="dimmed" role="status">
          {file === null ? text.noFile : text.chosen(file.name)}
        </Text>
      </Group>
      {file === null && (
        <Textarea
          label={text.pem}
          description={text.pemHelp}
          classNames={{ input: 'code' }}
          autosize
          minRows={4}
          maxRows={10}
          spellCheck={false}
          autoComplete="off"
          {...form.getInputProps('pem')}
        />
      )}
      <PasswordInput
        label={text.password}
        description={text.passwordHelp}
        autoComplete="off"
        {...form.getInputProps('password')}
      />
      {file !== null && <TextInput label={text.alias} description={text.aliasHelp} {...form.getInputProps('alias')} />}
    </ApiForm>
  )
}

const given = (name: string, value: string) => (value === '' ? {} : { [name]: value })
