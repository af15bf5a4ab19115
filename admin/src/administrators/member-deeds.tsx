import { Button, Modal } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { keyOf, type Member } from '#administrators/members.ts'
import { RoleFields, type RoleValues, roleBody } from '#administrators/role-fields.tsx'
import { useApi } from '#api/api.tsx'
import { type Company, useCompany } from '#frame/places.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { administrators as text } from '#words/administrators.ts'

const ADDRESS = '/api/v1/companies/{companyId}/administrators/{administratorId}'

/** Of one row. `left`: how many administrators stay when this one goes; `mine`: it is whoever looks at it. */
export function MemberDeeds(props: { readonly member: Member; readonly left: number; readonly mine: boolean }) {
  const { member, left, mine } = props
  const company = useCompany()
  return (
    <div className="deeds">
      {member.state === 'active' && <Change company={company} member={member} />}
      {member.state === 'active' ? <Remove member={member} left={left} mine={mine} /> : <Revoke member={member} />}
    </div>
  )
}

function Change({ company, member }: { readonly company: Company; readonly member: Member }) {
  const [opened, setOpened] = useState(false)
  const close = () => setOpened(false)
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpened(true)}>
        {text.change}
      </Button>
      <Modal opened={opened} onClose={close} title={text.changeTitle(member.email)} centered>
        <ChangeForm company={company} member={member} close={close} />
      </Modal>
    </>
  )
}

function ChangeForm(props: { readonly company: Company; readonly member: Member; readonly close: () => void }) {
  const { company, member, close } = props
  const api = useApi()
  const queries = useQueryClient()
  const notice = useNotice()
  const { role, environments } = member
  const form = useForm<RoleValues>({
    initialValues: { role, all: environments === null, environments: [...(environments ?? [])] },
  })
  const send = async (values: RoleValues) => {
    const path = { companyId: company.id, administratorId: member.id }
    await api.ask('patch', ADDRESS, { path, body: roleBody(values) })
    notice(text.changed(member.email))
    close()
    // It may be their own.
    await queries.invalidateQueries()
  }
  return (
    <ApiForm form={form} send={send} cancel={close}>
      <RoleFields company={company} form={form} />
    </ApiForm>
  )
}

function Remove(props: { readonly member: Member; readonly left: number; readonly mine: boolean }) {
  const { member, left, mine } = props
  const api = useApi()
  const company = useCompany()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const notice = useNotice()
  const done = async () => {
    notice(text.removed(member.email))
    if (mine) await navigate({ to: '/' })
    await queries.invalidateQueries()
  }
  return (
    <ConfirmButton
      label={text.remove}
      title={text.removeTitle(member.email)}
      consequence={
        <>
          {text.removeWhat(member.email, company.name, left)} {mine && <b>{text.removeYourself}</b>}
        </>
      }
      confirm={text.removeConfirm}
      act={() => api.ask('delete', ADDRESS, { path: { companyId: company.id, administratorId: member.id } })}
      done={() => void done()}
    />
  )
}

function Revoke({ member }: { readonly member: Member }) {
  const api = useApi()
  const company = useCompany()
  const queries = useQueryClient()
  const notice = useNotice()
  return (
    <ConfirmButton
      label={text.revoke}
      title={text.revokeTitle(member.email)}
      consequence={text.revokeWhat}
      confirm={text.revokeConfirm}
      act={() => api.ask('delete', ADDRESS, { path: { companyId: company.id, administratorId: member.id } })}
      done={() => {
        notice(text.revoked)
        void queries.invalidateQueries({ queryKey: keyOf(company.id) })
      }}
    />
  )
}
