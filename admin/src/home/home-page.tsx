/** The first page of an Environment. Owns nothing but its arrangement; what it shows, other pages show in full. */

import { useMe } from '#api/me.ts'
import { usePlace } from '#frame/places.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Page, Section } from '#parts/page.tsx'
import { home } from '#words/home.ts'

export function HomePage() {
  const place = usePlace()
  useMe()
  const url = `${window.location.origin}/${place.company.slug}/${place.slug}`
  return (
    <Page title={`${place.company.name} · ${place.name}`} intro={home.intro}>
      <Section title={home.agentUrl} intro={home.agentUrlIntro}>
        <Copyable value={url} what={home.agentUrl} />
      </Section>
    </Page>
  )
}
