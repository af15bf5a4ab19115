import { Alert, Anchor, Button, Group, List, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { Answered } from '#api/api.tsx'
import { useHere } from '#api/here.ts'
import { ConnectionDeeds } from '#connections/connection-deeds.tsx'
import { ConnectionState, useConnections } from '#connections/connections.tsx'
import { SettingsForm } from '#connections/settings-form.tsx'
import type { Connection } from '#connections/settings-values.ts'
import { NotFoundHere } from '#frame/not-found-here.tsx'
import { baseOf, usePlace } from '#frame/places.tsx'
import { Loaded } from '#parts/answers.tsx'
import { copiedFact } from '#parts/copied-fact.tsx'
import { Facts } from '#parts/facts.tsx'
import { WarningIcon } from '#parts/icons.tsx'
import { Page, Section } from '#parts/page.tsx'
import { VersionsLink } from '#versions/versions-link.tsx'
import { connections, fields, connection as text } from '#words/connections.ts'
import { testSignin } from '#words/test-signin.ts'

/** The address names it by its ticket. */
export function ConnectionPage() {
  const { ticket } = useParams({ strict: false })
  const list = useConnections()
  return (
    <Loaded query={list}>
      {({ items }) => {
        const found = items.find((one) => one.ticket === ticket)
        return found === undefined ? <NotFoundHere /> : <OneConnection id={found.id} name={found.name} />
      }}
    </Loaded>
  )
}

function OneConnection({ id, name }: { readonly id: string; readonly name: string }) {
  const here = useHere()
  const base = baseOf(usePlace())
  const query = useQuery({
    queryKey: here.key('connections', id),
    queryFn: () => here.getTagged('connections/{id}', { path: { id } }),
  })
  const kept = query.data
  return (
    <Page
      title={kept?.data.name ?? name}
      intro={kept && <ConnectionState state={kept.data.state} />}
      back={{ to: `${base}/connections`, label: connections.title }}
      actions={
        kept && (
          <>
            <VersionsLink kind="connection" subjectId={id} />
            <ConnectionDeeds kept={kept} />
          </>
        )
      }
    >
      <Loaded query={query} rows={10}>
        {(kept) => <Parts kept={kept} />}
      </Loaded>
    </Page>
  )
}

function Parts({ kept }: { readonly kept: Answered<Connection> }) {
  return (
    <Stack gap="lg">
      <Attention connection={kept.data} />
      <Section title={text.ours} intro={text.oursIntro}>
        <Ours connection={kept.data} />
      </Section>
      <SettingsForm key={kept.etag} kept={kept} />
    </Stack>
  )
}

function Attention({ connection: { warnings, missing } }: { readonly connection: Connection }) {
  if (warnings.length === 0 && missing.length === 0) return undefined
  const names = missing.map((field) => labelOf(field)).join(', ')
  return (
    <Alert color="warning" variant="outline" icon={<WarningIcon />} title={text.attention}>
      <List size="sm">
        {missing.length > 0 && <List.Item>{text.missing(names)}</List.Item>}
        {warnings.map(({ code, sentence, cure }) => (
          <List.Item key={code + sentence}>
            {sentence} {cure}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}

/** As the page names it, where it does. */
function labelOf(field: string): string {
  if (field === 'issuerCertificates') return fields.certificates
  const label = (fields as Readonly<Record<string, unknown>>)[field]
  return typeof label === 'string' ? label : field
}

function Ours({ connection }: { readonly connection: Connection }) {
  const base = baseOf(usePlace())
  const { singleLogout } = connection
  const logout = singleLogout.enabled
    ? [copiedFact(text.slo, connection.singleLogoutUrl), copiedFact(text.sloSoap, connection.singleLogoutSoapUrl)]
    : []
  return (
    <Stack gap="md">
      <Facts
        items={[
          copiedFact(text.platformUrl, connection.platformAuthenticationServiceUrl, text.platformUrlHelp),
          copiedFact(text.acs, connection.assertionConsumerServiceEndPoint),
          copiedFact(text.entityId, connection.entityId),
          copiedFact(text.metadata, connection.metadataUrl),
          ...logout,
        ]}
      />
      <div>
        <Anchor href={connection.metadataUrl} download={`${connection.ticket}.xml`} size="sm">
          {text.metadataDownload}
        </Anchor>
      </div>
      <Group gap="xs">
        <Button component={Link} to={`${base}/connections/${connection.ticket}/guide`} variant="default">
          {text.guide}
        </Button>
        <Button component={Link} to={`${base}/connections/${connection.ticket}/test`} variant="default">
          {testSignin.button}
        </Button>
      </Group>
    </Stack>
  )
}
