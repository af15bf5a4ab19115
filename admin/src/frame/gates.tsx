import { Button } from '@mantine/core'
import { Link, Navigate, Outlet, useParams } from '@tanstack/react-router'
import { useMe } from '#api/me.ts'
import { Frame } from '#frame/frame.tsx'
import { baseOf, CompanyProvider, PlaceProvider, useCompanies, usePlaces } from '#frame/places.tsx'
import { Empty, Fault, Waiting } from '#parts/answers.tsx'
import { Page } from '#parts/page.tsx'
import { SignInPage } from '#sign-in/sign-in.tsx'
import { frame } from '#words/frame.ts'

/** Lets through who is signed in; anybody else signs in right here, and then sees what the address names. */
export function SignedInGate() {
  const me = useMe()
  if (me.data === undefined) {
    return (
      <div className="alone">
        {me.isError ? <Fault error={me.error} onRetry={() => void me.refetch()} /> : <Waiting />}
      </div>
    )
  }
  return me.data === null ? <SignInPage /> : <Outlet />
}

/** Finds the Environment that the address names among those that one may see. */
export function EnvironmentGate() {
  const { company, environment } = useParams({ strict: false })
  const places = usePlaces()
  if (places.data === undefined) return <FrameWaiting error={places.error} />
  const place = places.data.items.find((one) => one.company.slug === company && one.slug === environment)
  if (place === undefined) return <NotFoundPage />
  return (
    <PlaceProvider value={place}>
      <Frame place={place}>
        {/* Nothing that somebody entered for one Environment stays for the next. */}
        <div key={place.id}>
          <Outlet />
        </div>
      </Frame>
    </PlaceProvider>
  )
}

/** Finds the Company that the address names. The menu beside its pages is that of its first Environment. */
export function CompanyGate() {
  const { company } = useParams({ strict: false })
  const [companies, places] = [useCompanies(), usePlaces()]
  if (companies.data === undefined || places.data === undefined)
    return <FrameWaiting error={companies.error ?? places.error} />
  const found = companies.data.items.find((one) => one.slug === company)
  if (found === undefined) return <NotFoundPage />
  const place = places.data.items.find((one) => one.company.id === found.id)
  const page = (
    <CompanyProvider value={found}>
      <Frame place={place}>
        <div key={found.id}>
          <Outlet />
        </div>
      </Frame>
    </CompanyProvider>
  )
  return place === undefined ? page : <PlaceProvider value={place}>{page}</PlaceProvider>
}

/** `/admin` itself: the first Environment. */
export function FirstEnvironment() {
  const me = useMe()
  const places = usePlaces()
  if (places.data === undefined) return <FrameWaiting error={places.error} />
  const [first] = places.data.items
  if (first !== undefined) return <Navigate to={baseOf(first)} replace />
  const { noEnvironment } = frame
  const operator = me.data?.administrator.operator === true
  return (
    <Frame>
      <Page title={noEnvironment.title}>
        <Empty
          title={operator ? noEnvironment.operatorSentence : noEnvironment.sentence}
          sentence={operator ? noEnvironment.operatorCure : noEnvironment.cure}
          action={
            operator && (
              <Button component={Link} to="/companies">
                {frame.companies}
              </Button>
            )
          }
        />
      </Page>
    </Frame>
  )
}

export function NotFoundPage() {
  const { title, sentence, cure } = frame.notFound
  return (
    <Frame>
      <Page title={title}>
        <Empty
          title={title}
          sentence={sentence}
          action={
            <Button component={Link} to="/">
              {cure}
            </Button>
          }
        />
      </Page>
    </Frame>
  )
}

function FrameWaiting({ error }: { readonly error: Error | null }) {
  return <Frame>{error ? <Fault error={error} /> : <Waiting />}</Frame>
}
