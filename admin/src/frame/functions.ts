import { frame } from '#words/frame.ts'

export type PortalFunction = {
  readonly label: string
  /** Below the Environment; undefined for one that belongs to the Company. */
  readonly path: string
  readonly ofCompany?: true
  /** Without it, the function is not in the menu. */
  readonly scope?: string
}

export type FunctionGroup = { readonly title: string | undefined; readonly functions: readonly PortalFunction[] }

const { groups, pages } = frame

/** Every function of the menu. A page that is added gets its row here and its route in routes.tsx. */
export const functionGroups: readonly FunctionGroup[] = [
  { title: undefined, functions: [{ label: frame.home, path: '' }] },
  {
    title: groups.configuration,
    functions: [
      { label: pages.connections, path: '/connections', scope: 'connections:read' },
      { label: pages.amazonConnect, path: '/amazon-connect', scope: 'amazon-connect:read' },
      { label: pages.clients, path: '/clients', scope: 'clients:read' },
      { label: pages.access, path: '/access', scope: 'access:read' },
      { label: pages.keys, path: '/keys', scope: 'keys:read' },
      { label: pages.settings, path: '/settings', scope: 'company:read' },
      { label: pages.versions, path: '/versions', scope: 'connections:read' },
    ],
  },
  {
    title: groups.people,
    functions: [
      { label: pages.users, path: '/users', scope: 'users:read' },
      { label: pages.directory, path: '/directory', scope: 'directory:read' },
      { label: pages.sessions, path: '/sessions', scope: 'sessions:read' },
      { label: pages.logouts, path: '/logouts', scope: 'sessions:read' },
    ],
  },
  {
    title: groups.support,
    functions: [
      { label: pages.records, path: '/records', scope: 'records:read' },
      { label: pages.explain, path: '/explain', scope: 'records:read' },
      { label: pages.audit, path: '/audit', scope: 'users:read' },
    ],
  },
  {
    title: groups.company,
    functions: [{ label: pages.administrators, path: '/administrators', ofCompany: true, scope: 'company:read' }],
  },
]
