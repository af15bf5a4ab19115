/** The first page of an Environment. Owns nothing but its arrangement; what it shows, other pages show in full. */

import '#look/home.css'
import '#look/records.css'
import { useQuery } from '@tanstack/react-query'
import { type Found, useHere } from '#api/here.ts'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { ConnectionsHealth } from '#home/connections-health.tsx'
import { Failures } from '#home/failures.tsx'
import { SigninChart } from '#home/signin-chart.tsx'
import { Loaded } from '#parts/answers.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Fold } from '#parts/fold.tsx'
import { Page, Section } from '#parts/page.tsx'
import { QrCode } from '#parts/qr-code.tsx'
import { home as text } from '#words/home.ts'

export type Overview = Found<'overview'>

const ASK_AGAIN_MS = 30_000

export function HomePage() {
  const place = usePlace()
  const may = useMay()
  return (
    <Page title={`${place.company.name} · ${place.name}`} intro={text.intro}>
      <AgentUrl url={`${window.location.origin}${baseOf(place)}`} />
      {may('records:read') && <Standing />}
    </Page>
  )
}

function AgentUrl({ url }: { readonly url: string }) {
  return (
    <Section title={text.agentUrl} intro={text.agentUrlIntro}>
      <Copyable value={url} what={text.agentUrl} />
      <Fold summary={text.qrShow}>
        <QrCode text={url} what={text.qr} />
      </Fold>
    </Section>
  )
}

function Standing() {
  const here = useHere()
  const base = baseOf(usePlace())
  const query = useQuery({
    queryKey: here.key('overview'),
    queryFn: () => here.get('overview'),
    refetchInterval: ASK_AGAIN_MS,
    // Whoever comes back here wants to see whether it works now.
    staleTime: 0,
  })
  return (
    <Loaded query={query} rows={8}>
      {({ connections, hours, failures, openSessions, users }) => {
        const signedIn = hours.reduce((sum, hour) => sum + hour.signedIn, 0)
        const refused = hours.reduce((sum, hour) => sum + hour.refused, 0)
        const none = signedIn + refused === 0
        return (
          <>
            <Section title={text.connections}>
              <ConnectionsHealth connections={connections} base={base} />
            </Section>
            <Section title={text.day} intro={none ? text.dayNone : text.dayIntro(signedIn, refused)}>
              {!none && <SigninChart hours={hours} />}
              <p className="quiet numbers">{text.nowIntro(openSessions, users)}</p>
            </Section>
            {failures.length > 0 && (
              <Section title={text.failures} intro={text.failuresIntro}>
                <Failures failures={failures} from={hours[0]?.from} base={base} />
              </Section>
            )}
          </>
        )
      }}
    </Loaded>
  )
}
