// Every page of the portal, by its address below /admin. Start reading here. A page is loaded when somebody goes there.

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { CompanyGate, EnvironmentGate, FirstEnvironment, NotFoundPage, SignedInGate } from '#frame/gates.tsx'
import { Waiting } from '#parts/answers.tsx'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage })

// For those who have no account yet.
const linkPage = lazyRouteComponent(() => import('#sign-in/link-page.tsx'), 'LinkPage')
const firstRun = createRoute({ getParentRoute: () => root, path: '/first-run/$token', component: linkPage })
const link = createRoute({ getParentRoute: () => root, path: '/link/$token', component: linkPage })

const setupPage = lazyRouteComponent(() => import('#guide/setup-page.tsx'), 'SetupPage')
const setup = createRoute({ getParentRoute: () => root, path: '/setup/$token', component: setupPage })

const sharedPage = lazyRouteComponent(() => import('#records/shared-page.tsx'), 'SharedPage')
const shared = createRoute({ getParentRoute: () => root, path: '/shared/$token', component: sharedPage })

const signedIn = createRoute({ getParentRoute: () => root, id: 'signed-in', component: SignedInGate })
const first = createRoute({ getParentRoute: () => signedIn, path: '/', component: FirstEnvironment })
const account = createRoute({
  getParentRoute: () => signedIn,
  path: '/account',
  component: lazyRouteComponent(() => import('#account/account.tsx'), 'AccountPage'),
})
const companies = createRoute({
  getParentRoute: () => signedIn,
  path: '/companies',
  component: lazyRouteComponent(() => import('#companies/companies.tsx'), 'CompaniesPage'),
})
const newCompany = createRoute({
  getParentRoute: () => signedIn,
  path: '/companies/new',
  component: lazyRouteComponent(() => import('#companies/new-company.tsx'), 'NewCompanyPage'),
})
const company = createRoute({
  getParentRoute: () => signedIn,
  path: '/$company/administrators',
  component: CompanyGate,
})
const administrators = createRoute({
  getParentRoute: () => company,
  path: '/',
  component: lazyRouteComponent(() => import('#administrators/administrators.tsx'), 'AdministratorsPage'),
})
const environment = createRoute({
  getParentRoute: () => signedIn,
  path: '/$company/$environment',
  component: EnvironmentGate,
})

/** A page of an Environment. */
const page = <P extends string>(path: P, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => environment, path, component })

// biome-ignore format: a page a line
const pages = [
  page('/', lazyRouteComponent(() => import('#home/home.tsx'), 'HomePage')),
  page('/connections', lazyRouteComponent(() => import('#connections/connections.tsx'), 'ConnectionsPage')),
  page('/connections/new', lazyRouteComponent(() => import('#guide/new-connection.tsx'), 'NewConnectionPage')),
  page('/connections/$ticket', lazyRouteComponent(() => import('#connections/connection-page.tsx'), 'ConnectionPage')),
  page('/connections/$ticket/guide', lazyRouteComponent(() => import('#guide/guide-page.tsx'), 'GuidePage')),
  page('/connections/$ticket/test', lazyRouteComponent(() => import('#connections/test-page.tsx'), 'TestPage')),
  page('/amazon-connect', lazyRouteComponent(() => import('#connect/connect.tsx'), 'ConnectPage')),
  page('/amazon-connect/check', lazyRouteComponent(() => import('#connect/check-page.tsx'), 'CheckPage')),
  page('/amazon-connect/federation', lazyRouteComponent(() => import('#connect/federation-page.tsx'), 'FederationPage')),
  page('/users', lazyRouteComponent(() => import('#users/users.tsx'), 'UsersPage')),
  page('/users/new', lazyRouteComponent(() => import('#users/edit-user.tsx'), 'NewUserPage')),
  page('/users/$id', lazyRouteComponent(() => import('#users/user-page.tsx'), 'UserPage')),
  page('/users/$id/edit', lazyRouteComponent(() => import('#users/edit-user.tsx'), 'EditUserPage')),
  page('/directory', lazyRouteComponent(() => import('#directory/directory.tsx'), 'DirectoryPage')),
  page('/sessions', lazyRouteComponent(() => import('#sessions/sessions.tsx'), 'SessionsPage')),
  page('/logouts', lazyRouteComponent(() => import('#sessions/logouts.tsx'), 'LogoutsPage')),
  page('/logouts/$id', lazyRouteComponent(() => import('#sessions/logout-page.tsx'), 'LogoutPage')),
  page('/clients', lazyRouteComponent(() => import('#clients/clients.tsx'), 'ClientsPage')),
  page('/clients/new', lazyRouteComponent(() => import('#clients/new-client.tsx'), 'NewClientPage')),
  page('/clients/$id', lazyRouteComponent(() => import('#clients/client-page.tsx'), 'ClientPage')),
  page('/access', lazyRouteComponent(() => import('#access/access.tsx'), 'AccessPage')),
  page('/access/policies/new', lazyRouteComponent(() => import('#access/policy-page.tsx'), 'NewPolicyPage')),
  page('/access/policies/$id', lazyRouteComponent(() => import('#access/policy-page.tsx'), 'PolicyPage')),
  page('/keys', lazyRouteComponent(() => import('#keys/keys.tsx'), 'KeysPage')),
  page('/settings', lazyRouteComponent(() => import('#companies/environment-page.tsx'), 'EnvironmentPage')),
  page('/versions', lazyRouteComponent(() => import('#versions/versions.tsx'), 'VersionsPage')),
  page('/versions/$id', lazyRouteComponent(() => import('#versions/version-page.tsx'), 'VersionPage')),
  page('/records', lazyRouteComponent(() => import('#records/records.tsx'), 'RecordsPage')),
  page('/records/$reference', lazyRouteComponent(() => import('#records/record-page.tsx'), 'RecordPage')),
  page('/explain', lazyRouteComponent(() => import('#explain/explain.tsx'), 'ExplainPage')),
  page('/audit', lazyRouteComponent(() => import('#audit/audit.tsx'), 'AuditPage')),
]

export function createPortalRouter() {
  const routeTree = root.addChildren([
    firstRun,
    link,
    setup,
    shared,
    signedIn.addChildren([
      first,
      account,
      companies,
      newCompany,
      company.addChildren([administrators]),
      environment.addChildren(pages),
    ]),
  ])
  return createRouter({
    routeTree,
    basepath: '/admin',
    defaultPreload: 'intent',
    defaultPendingComponent: Waiting,
    scrollRestoration: true,
  })
}
