import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi } from '#api/api.tsx'
import { linesOf } from '#clients/client-form.tsx'
import { slugOf } from '#companies/slug-of.ts'
import type { Company } from '#frame/places.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { environment as fields, companies as listText, newCompany, newEnvironment as text } from '#words/companies.ts'

export function NewEnvironmentButton({ company }: { readonly company: Company }) {
  const [opened, setOpened] = useState(false)
  const close = () => setOpened(false)
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpened(true)}>
        {listText.addEnvironment}
      </Button>
      <Modal opened={opened} onClose={close} title={text.title(company.name)} centered>
        <NewEnvironmentForm company={company} close={close} />
      </Modal>
    </>
  )
}

function NewEnvironmentForm({ company, close }: { readonly company: Company; readonly close: () => void }) {
  const api = useApi()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const notice = useNotice()
  const form = useForm({ initialValues: { name: '', slug: '', targets: '' } })
  const send = async ({ name, slug, targets }: typeof form.values) => {
    const body = { name, slug, targets: linesOf(targets) }
    const path = { companyId: company.id }
    const { data } = await api.ask('post', '/api/v1/companies/{companyId}/environments', { path, body })
    await queries.invalidateQueries()
    notice(text.added(data.name))
    await navigate({ to: `/${company.slug}/${data.slug}` })
  }
  // Until somebody writes their own, the short name follows the name.
  const [follows, setFollows] = useState(true)
  return (
    <ApiForm form={form} send={send} submit={text.submit} cancel={close}>
      <TextInput
        label={newCompany.name}
        description={newCompany.environmentNameHelp}
        data-autofocus
        {...form.getInputProps('name')}
        onChange={({ currentTarget: { value } }) => {
          form.setFieldValue('name', value)
          if (follows) form.setFieldValue('slug', slugOf(value))
        }}
      />
      <TextInput
        label={newCompany.slug}
        description={newCompany.slugHelp}
        {...form.getInputProps('slug')}
        onChange={({ currentTarget: { value } }) => {
          setFollows(value === '')
          form.setFieldValue('slug', value)
        }}
      />
      <Textarea
        label={fields.targets}
        description={fields.targetsHelp}
        autosize
        minRows={2}
        spellCheck={false}
        classNames={{ input: 'code' }}
        {...form.getInputProps('targets')}
      />
    </ApiForm>
  )
}
