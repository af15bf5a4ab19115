import '#look/connect.css'
import { Alert, Button, Select, Stack } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Answered } from '#api/api.tsx'
import { FederationForm } from '#connect/federation-form.tsx'
import { productChoices, useFederationGuide } from '#connect/federation-guide.ts'
import { FederationSteps } from '#connect/federation-steps.tsx'
import { type AmazonConnect, useAmazonConnect } from '#connect/settings.ts'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Loaded } from '#parts/answers.tsx'
import { Page, Section } from '#parts/page.tsx'
import { VersionsLink } from '#versions/versions-link.tsx'
import { federation as text } from '#words/aws-federation.ts'

/** The five steps after which agents are signed in to Amazon Connect by their identity provider. */
export function FederationPage() {
  const place = usePlace()
  const back = `${baseOf(place)}/amazon-connect`
  const query = useAmazonConnect()
  return (
    <Page
      title={text.title}
      intro={text.intro}
      back={{ to: back, label: text.back }}
      actions={
        <>
          <Button component={Link} to={`${back}/check`} variant="default" size="xs">
            {text.checkIt}
          </Button>
          <VersionsLink kind="amazon-connect" subjectId={place.id} />
        </>
      }
    >
      <Loaded query={query} rows={10}>
        {(kept) => <Parts key={kept.etag} kept={kept} />}
      </Loaded>
    </Page>
  )
}

/** Fits any product that speaks SAML 2.0. */
const ANY = 'generic'

function Parts({ kept }: { readonly kept: Answered<AmazonConnect> }) {
  const { settings } = kept.data
  const [product, setProduct] = useState(settings?.federation.product ?? null)
  const query = useFederationGuide(product ?? ANY)
  return (
    <Stack gap="lg">
      {settings === null && <NoInstance />}
      <Section title={text.settings} intro={settings === null ? undefined : text.settingsIntro}>
        {settings === null ? (
          <Select
            className="narrow"
            label={text.product}
            description={text.productHelp}
            placeholder={text.choose}
            data={productChoices(query.data)}
            value={product}
            onChange={setProduct}
            searchable
          />
        ) : (
          <FederationForm kept={kept} settings={settings} guide={query.data} onProduct={setProduct} />
        )}
      </Section>
      <Loaded query={query} rows={10}>
        {(guide) => <FederationSteps guide={guide} />}
      </Loaded>
    </Stack>
  )
}

function NoInstance() {
  const base = baseOf(usePlace())
  const may = useMay()('amazon-connect:write')
  return (
    <Alert color="quiet" variant="outline">
      <Stack gap="xs" align="flex-start">
        <span>{text.noInstance}</span>
        {may && (
          <Button component={Link} to={`${base}/amazon-connect`} size="xs">
            {text.enterInstance}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}
