import { Button, Modal, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { keyOf } from '#administrators/members.ts'
import { RoleFields, type RoleValues, roleBody } from '#administrators/role-fields.tsx'
import { useApi } from '#api/api.tsx'
import type { Company } from '#frame/places.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { ApiForm } from '#parts/form.tsx'
import { ShownOnce } from '#parts/shown-once.tsx'
import { administrators as text } from '#words/administrators.ts'

type Made = { readonly email: string; readonly link: string }

export function InviteButton({ company }: { readonly company: Company }) {
  const [opened, setOpened] = useState(false)
  const [made, setMade] = useState<Made>()
  const close = () => setOpened(false)
  return (
    <>
      <Button onClick={() => setOpened(true)}>{text.invite}</Button>
      <Modal opened={opened} onClose={close} title={text.invite} centered>
        <InviteForm
          company={company}
          close={close}
          onMade={(one) => {
            close()
            setMade(one)
          }}
        />
      </Modal>
      {made && (
        <ShownOnce
          title={text.link}
          sentence={text.linkOnce(made.email)}
          done={text.linkDone}
          close={() => setMade(undefined)}
        >
          <Copyable value={made.link} what={text.link} />
        </ShownOnce>
      )}
    </>
  )
}

type Values = RoleValues & { readonly email: string }

function InviteForm(props: {
  readonly company: Company
  readonly close: () => void
  readonly onMade: (made: Made) => void
}) {
  const { company, close, onMade } = props
  const api = useApi()
  const queries = useQueryClient()
  const form = useForm<Values>({ initialValues: { email: '', role: 'administrator', all: true, environments: [] } })
  const send = async (values: Values) => {
    const body = { email: values.email, ...roleBody(values) }
    const path = { companyId: company.id }
    const { data } = await api.ask('post', '/api/v1/companies/{companyId}/administrators', { path, body })
    onMade({ email: data.administrator.email, link: data.link })
    await queries.invalidateQueries({ queryKey: keyOf(company.id) })
  }
  return (
    <ApiForm form={form} send={send} submit={text.inviteSubmit} cancel={close}>
      <p className="quiet">{text.inviteIntro}</p>
      <TextInput label={text.email} type="email" autoComplete="off" data-autofocus {...form.getInputProps('email')} />
      <RoleFields company={company} form={form} />
    </ApiForm>
  )
}
