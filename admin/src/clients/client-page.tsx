import { Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useHere } from '#api/here.ts'
import {
  type Client,
  ClientFields,
  type ClientValues,
  settingsOf,
  useClientForm,
  valuesOf,
} from '#clients/client-form.tsx'
import { ClientSecrets } from '#clients/client-secrets.tsx'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Loaded } from '#parts/answers.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Facts } from '#parts/facts.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Page, Section } from '#parts/page.tsx'
import { VersionsLink } from '#versions/versions-link.tsx'
import { clients as listText, client as text } from '#words/clients.ts'

type Kept = { readonly data: Client; readonly etag: string | undefined }

export function ClientPage() {
  const { id = '' } = useParams({ strict: false })
  const here = useHere()
  const place = usePlace()
  const query = useQuery({
    queryKey: here.key('clients', id),
    queryFn: () => here.getTagged('clients/{id}', { path: { id } }),
  })
  const kept = query.data
  return (
    <Page
      title={kept?.data.name ?? listText.title}
      back={{ to: `${baseOf(place)}/clients`, label: text.back }}
      actions={
        kept && (
          <>
            <VersionsLink kind="client" subjectId={kept.data.id} />
            <RemoveClient kept={kept} />
          </>
        )
      }
    >
      <Loaded query={query}>{(kept) => <OneClient key={kept.etag} kept={kept} />}</Loaded>
    </Page>
  )
}

function OneClient({ kept }: { readonly kept: Kept }) {
  const place = usePlace()
  const client = kept.data
  const issuer = `${window.location.origin}/${place.company.slug}/${place.slug}`
  const secretless = client.kind === 'native' || client.kind === 'single-page'
  const discovery = `${issuer}/.well-known/openid-configuration`
  return (
    <Stack gap="lg">
      <Section title={text.endpoints}>
        <Facts
          items={[
            [text.id, <Copyable key="id" value={client.id} what={text.id} />],
            [text.kind, listText.kinds[client.kind]],
            [text.issuer, <Copyable key="issuer" value={issuer} what={text.issuer} />],
            [text.discovery, <Copyable key="discovery" value={discovery} what={text.discovery} />],
          ]}
        />
      </Section>
      <Section title={text.secrets} intro={secretless ? undefined : text.secretsIntro}>
        {secretless ? <Text c="dimmed">{text.noSecretsKind}</Text> : <ClientSecrets clientId={client.id} />}
      </Section>
      <Section title={text.settings}>
        <ChangeClient kept={kept} />
      </Section>
    </Stack>
  )
}

function ChangeClient({ kept: { data: client, etag } }: { readonly kept: Kept }) {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  const readOnly = !useMay()('clients:write')
  const form = useClientForm(valuesOf(client))
  const send = async (values: ClientValues) => {
    const body = {
      ...settingsOf(values),
      name: values.name,
      purpose: values.purpose === 'none' ? null : (values.purpose as 'mobile'),
      backChannelLogoutUri: values.backChannelLogoutUri.trim() || null,
    }
    const changed = await here.patch('clients/{id}', { path: { id: client.id }, body, ifMatch: etag })
    queries.setQueryData(here.key('clients', client.id), changed)
  }
  return (
    <div className="form">
      <ApiForm form={form} send={send} disabled={readOnly} done={() => notice(text.saved)}>
        <ClientFields form={form} readOnly={readOnly} />
      </ApiForm>
    </div>
  )
}

function RemoveClient({ kept: { data: client, etag } }: { readonly kept: Kept }) {
  const here = useHere()
  const base = baseOf(usePlace())
  const navigate = useNavigate()
  const queries = useQueryClient()
  const notice = useNotice()
  const may = useMay()
  const secrets = useQuery({
    queryKey: here.key('clients', client.id, 'secrets'),
    queryFn: () => here.get('clients/{id}/secrets', { path: { id: client.id } }),
  })
  if (!may('clients:write')) return undefined
  return (
    <ConfirmButton
      label={text.remove}
      title={text.removeTitle}
      consequence={text.removeWhat(client.name, secrets.data?.items.length ?? 0)}
      confirm={text.removeConfirm}
      act={() => here.remove('clients/{id}', { path: { id: client.id }, ifMatch: etag })}
      done={() => {
        notice(text.removed(client.name))
        void navigate({ to: `${base}/clients` })
        void queries.invalidateQueries({ queryKey: here.key('clients', 'list') })
      }}
    />
  )
}
