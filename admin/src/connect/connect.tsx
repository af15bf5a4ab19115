/**
 * Amazon Connect Integration: the settings of the instance, and what helps to get them right. The pages beside it guide
 * through the federation with AWS and check responses.
 *
 * Owns how they are shown. Must not judge a link, a RelayState or a response: the API does.
 */

import '#look/connect.css'
import { Alert, Button, Group, List, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Answered } from '#api/api.tsx'
import { useHere } from '#api/here.ts'
import { DesktopReports } from '#connect/desktop-reports.tsx'
import { RelayStates } from '#connect/relay-states.tsx'
import { type AmazonConnect, useAmazonConnect } from '#connect/settings.ts'
import { SettingsForm } from '#connect/settings-form.tsx'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Empty, Loaded } from '#parts/answers.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { copiedFact } from '#parts/copied-fact.tsx'
import { Facts } from '#parts/facts.tsx'
import { WarningIcon } from '#parts/icons.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Page, Section } from '#parts/page.tsx'
import { VersionsLink } from '#versions/versions-link.tsx'
import { amazonConnect as text } from '#words/amazon-connect.ts'

type Kept = Answered<AmazonConnect>

export function ConnectPage() {
  const base = baseOf(usePlace())
  const { id } = usePlace()
  const query = useAmazonConnect()
  const kept = query.data
  return (
    <Page
      title={text.title}
      intro={text.intro}
      actions={
        kept && (
          <>
            <Button component={Link} to={`${base}/amazon-connect/federation`} variant="default" size="xs">
              {text.federation}
            </Button>
            <Button component={Link} to={`${base}/amazon-connect/check`} variant="default" size="xs">
              {text.check}
            </Button>
            <VersionsLink kind="amazon-connect" subjectId={id} />
            {kept.data.settings && <Remove kept={kept} />}
          </>
        )
      }
    >
      <Loaded query={query} rows={10}>
        {(kept) => <Parts key={String(kept.data.settings === null)} kept={kept} />}
      </Loaded>
    </Page>
  )
}

function Parts({ kept }: { readonly kept: Kept }) {
  const [settingUp, setSettingUp] = useState(false)
  const may = useMay()('amazon-connect:write')
  const { settings, warnings } = kept.data
  if (settings === null && !settingUp) {
    const action = may && <Button onClick={() => setSettingUp(true)}>{text.setUp}</Button>
    return <Empty title={text.none} sentence={text.noneWhat} action={action} />
  }
  return (
    <Stack gap="lg">
      {warnings.length > 0 && <Attention warnings={warnings} />}
      <Section title={text.addresses.title}>
        <Addresses connect={kept.data} />
      </Section>
      {settings !== null && <DesktopReports />}
      <SettingsForm key={kept.etag} kept={kept} />
      {settings !== null && <RelayStates connect={kept.data} settings={settings} />}
    </Stack>
  )
}

function Attention({ warnings }: { readonly warnings: AmazonConnect['warnings'] }) {
  return (
    <Alert color="warning" variant="outline" icon={<WarningIcon />} title={text.attention}>
      <List size="sm">
        {warnings.map(({ code, sentence, cure }) => (
          <List.Item key={code}>
            {sentence} {cure}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}

function Addresses({ connect }: { readonly connect: AmazonConnect }) {
  const { agentUrl, approvedOrigin, testUrl, addresses, settings } = connect
  const ofInstance =
    addresses === null
      ? []
      : [copiedFact(text.addresses.ccpUrl, addresses.ccpUrl), copiedFact(text.addresses.loginUrl, addresses.loginUrl)]
  return (
    <Stack gap="md">
      <Facts
        items={[
          copiedFact(text.addresses.agentUrl, agentUrl, text.addresses.agentUrlHelp),
          copiedFact(text.addresses.approvedOrigin, approvedOrigin, text.addresses.approvedOriginHelp),
          ...ofInstance,
        ]}
      />
      {settings !== null && (
        <Group gap="sm">
          <Button component="a" href={testUrl} target="_blank" rel="noopener">
            {text.test}
          </Button>
          <Text size="sm" c="dimmed">
            {text.testHelp}
          </Text>
        </Group>
      )}
    </Stack>
  )
}

function Remove({ kept: { etag } }: { readonly kept: Kept }) {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  if (!useMay()('amazon-connect:write')) return undefined
  return (
    <ConfirmButton
      label={text.remove}
      title={text.removeTitle}
      consequence={text.removeWhat}
      confirm={text.removeConfirm}
      act={() => here.remove('amazon-connect', { ifMatch: etag })}
      done={() => {
        notice(text.removed)
        void queries.invalidateQueries({ queryKey: here.key('amazon-connect') })
      }}
    />
  )
}
