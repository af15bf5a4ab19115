// Every page of the portal, by its address below /admin. Start reading here. A page is loaded when somebody goes there.

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { EnvironmentGate, FirstEnvironment, NotFoundPage, SignedInGate } from '#frame/gates.tsx'
import { Waiting } from '#parts/answers.tsx'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage })

// For those who have no account yet.
const linkPage = lazyRouteComponent(() => import('#sign-in/link-page.tsx'), 'LinkPage')
const firstRun = createRoute({ getParentRoute: () => root, path: '/first-run/$token', component: linkPage })
const link = createRoute({ getParentRoute: () => root, path: '/link/$token', component: linkPage })

const setupPage = lazyRouteComponent(() => import('#connections/setup-page.tsx'), 'SetupPage')
const setup = createRoute({ getParentRoute: () => root, path: '/setup/$token', component: setupPage })

const signedIn = createRoute({ getParentRoute: () => root, id: 'signed-in', component: SignedInGate })
const first = createRoute({ getParentRoute: () => signedIn, path: '/', component: FirstEnvironment })
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
  page('/', lazyRouteComponent(() => import('#home/home-page.tsx'), 'HomePage')),
  page('/connections', lazyRouteComponent(() => import('#connections/connections.tsx'), 'ConnectionsPage')),
  page('/connections/$ticket', lazyRouteComponent(() => import('#connections/connection-page.tsx'), 'ConnectionPage')),
  page('/connections/$ticket/guide', lazyRouteComponent(() => import('#connections/guide-page.tsx'), 'GuidePage')),
  page('/users', lazyRouteComponent(() => import('#users/users.tsx'), 'UsersPage')),
  page('/users/$id', lazyRouteComponent(() => import('#users/user-page.tsx'), 'UserPage')),
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
  page('/audit', lazyRouteComponent(() => import('#audit/audit.tsx'), 'AuditPage')),
]

export function createPortalRouter() {
  const routeTree = root.addChildren([
    firstRun,
    link,
    setup,
    signedIn.addChildren([first, environment.addChildren(pages)]),
  ])
  return createRouter({
    routeTree,
    basepath: '/admin',
    defaultPreload: 'intent',
    defaultPendingComponent: Waiting,
    scrollRestoration: true,
  })
}
