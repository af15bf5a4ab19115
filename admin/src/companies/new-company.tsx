import { Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi } from '#api/api.tsx'
import { slugOf } from '#companies/slug-of.ts'
import { Frame } from '#frame/frame.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Page, Section } from '#parts/page.tsx'
import { companies as listText, newCompany as text } from '#words/companies.ts'

export function NewCompanyPage() {
  return (
    <Frame>
      <Page title={text.title} intro={text.intro} back={{ to: '/companies', label: listText.title }}>
        <Section title={text.company}>
          <NewCompanyForm />
        </Section>
      </Page>
    </Frame>
  )
}

function NewCompanyForm() {
  const api = useApi()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const notice = useNotice()
  // Until somebody writes their own, the short name follows the name.
  const [follows, setFollows] = useState(true)
  const form = useForm({ initialValues: { name: '', slug: '', environment: { ...text.first } } })
  type Values = typeof form.values
  const send = async (body: Values) => {
    const { data } = await api.ask('post', '/api/v1/companies', { body })
    await queries.invalidateQueries()
    notice(text.added(data.name))
    await navigate({ to: `/${data.slug}/${body.environment.slug}` })
  }
  const { slug, environment } = form.values
  return (
    <div className="form">
      <ApiForm form={form} send={send} submit={text.submit} cancel={() => void navigate({ to: '/companies' })}>
        <TextInput
          label={text.name}
          description={text.nameHelp}
          autoFocus
          {...form.getInputProps('name')}
          onChange={({ currentTarget: { value } }) => {
            form.setFieldValue('name', value)
            if (follows) form.setFieldValue('slug', slugOf(value))
          }}
        />
        <TextInput
          label={text.slug}
          description={text.slugHelp}
          {...form.getInputProps('slug')}
          onChange={({ currentTarget: { value } }) => {
            setFollows(value === '')
            form.setFieldValue('slug', value)
          }}
        />
        <fieldset>
          <legend>{text.environment}</legend>
          <Stack gap="md">
            <TextInput
              label={text.environmentName}
              description={text.environmentNameHelp}
              {...form.getInputProps('environment.name')}
            />
            <TextInput
              label={text.environmentSlug}
              description={text.slugHelp}
              {...form.getInputProps('environment.slug')}
            />
          </Stack>
        </fieldset>
        {slug !== '' && (
          <Text size="sm" c="dimmed">
            {text.address(`${window.location.origin}/${slug}/${environment.slug}`)}
          </Text>
        )}
      </ApiForm>
    </div>
  )
}
