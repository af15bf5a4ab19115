/**
 * Companies and their Environments: the list, new ones, and what one Environment is called and set to.
 *
 * Owns the pages beside and above the Environments. Must not know what an Environment's other pages show.
 */

import { Anchor, Button, Group, Modal, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type AnswerOf, useApi } from '#api/api.tsx'
import { useMe } from '#api/me.ts'
import { NewEnvironmentButton } from '#companies/new-environment.tsx'
import { Frame } from '#frame/frame.tsx'
import { type Company, useCompanies, useMayIn } from '#frame/places.tsx'
import { Empty, Loaded } from '#parts/answers.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Page, Section } from '#parts/page.tsx'
import { type Column, Table } from '#parts/table.tsx'
import { companies as text } from '#words/companies.ts'

type Environment = AnswerOf<'/api/v1/companies/{companyId}/environments', 'get'>['items'][number]

export function CompaniesPage() {
  return (
    <Frame>
      <CompanyList />
    </Frame>
  )
}

function CompanyList() {
  const { data: me } = useMe()
  const query = useCompanies()
  const add = me?.administrator.operator === true && (
    <Button component={Link} to="/companies/new">
      {text.add}
    </Button>
  )
  return (
    <Page title={text.title} intro={text.intro} actions={(query.data?.items.length ?? 0) > 0 && add}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={text.emptyTitle} sentence={text.empty} action={add} />
          ) : (
            items.map((company) => <OneCompany key={company.id} company={company} />)
          )
        }
      </Loaded>
    </Page>
  )
}

function OneCompany({ company }: { readonly company: Company }) {
  const api = useApi()
  const may = useMayIn(company.id)
  const query = useQuery({
    queryKey: ['companies', company.id, 'environments'],
    queryFn: () => api.get('/api/v1/companies/{companyId}/environments', { path: { companyId: company.id } }),
  })
  return (
    <Section title={company.name}>
      <Loaded query={query} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Text c="dimmed">{text.noEnvironments}</Text>
          ) : (
            <Table label={company.name} columns={columns} rows={items} />
          )
        }
      </Loaded>
      <Group gap="xs" mt="md">
        {may('company:write') && <NewEnvironmentButton company={company} />}
        {may('company:write') && <RenameCompany company={company} />}
        {may('company:read') && (
          <Button component={Link} to={`/${company.slug}/administrators`} variant="default" size="xs">
            {text.administrators}
          </Button>
        )}
      </Group>
    </Section>
  )
}

const columns: readonly Column<Environment>[] = [
  {
    name: text.columns.name,
    cell: ({ name, slug, company }) => (
      <Anchor component={Link} to={`/${company.slug}/${slug}`}>
        {name}
      </Anchor>
    ),
  },
  { name: text.columns.slug, cell: ({ slug }) => <code>{slug}</code> },
  { name: text.columns.url, cell: ({ url }) => <Copyable value={url} what={text.columns.url} /> },
]

function RenameCompany({ company }: { readonly company: Company }) {
  const [opened, setOpened] = useState(false)
  const close = () => setOpened(false)
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpened(true)}>
        {text.rename}
      </Button>
      <Modal opened={opened} onClose={close} title={text.renameTitle} centered>
        <RenameForm company={company} close={close} />
      </Modal>
    </>
  )
}

function RenameForm({ company, close }: { readonly company: Company; readonly close: () => void }) {
  const api = useApi()
  const queries = useQueryClient()
  const notice = useNotice()
  const form = useForm({ initialValues: { name: company.name } })
  const path = { companyId: company.id }
  const send = async (body: { readonly name: string }) => {
    const { etag } = await api.ask('get', '/api/v1/companies/{companyId}', { path })
    await api.ask('patch', '/api/v1/companies/{companyId}', { path, body, ifMatch: etag })
    notice(text.renamed)
    close()
    await queries.invalidateQueries()
  }
  return (
    <ApiForm form={form} send={send} cancel={close}>
      <TextInput label={text.renameName} description={text.renameHelp} data-autofocus {...form.getInputProps('name')} />
    </ApiForm>
  )
}
