import { kindOf } from '#admin/directory/directory-shapes.ts'

const team = kindOf('team').example
const application = kindOf('application').example
const role = kindOf('role').example

export const toMakeExample = {
  username: 'ada@acme.example',
  firstName: 'Ada',
  lastName: 'Lindqvist',
  email: 'ada@acme.example',
  team: team.name,
  teams: ['Agents'],
  accessProfile: 'Regular User',
  applications: [{ application: application.name, roles: [role.name] }],
  defaultApplication: application.name,
}

export const changeExample = { email: 'ada.lindqvist@acme.example', teams: [] }

export const summaryExample = {
  id: 'user_k4vq2m7xw3nphz5tb6ay',
  username: 'ada@acme.example',
  federatedId: null,
  userType: 'platform',
  firstName: 'Ada',
  lastName: 'Lindqvist',
  email: 'ada@acme.example',
  active: true,
  deactivatedAt: null,
  createdThrough: 'api',
  connectionId: null,
  createdAt: '2026-03-01T12:00:00.000Z',
  updatedAt: '2026-03-01T12:00:00.000Z',
  lastSignInAt: null,
}

export const accountExample = {
  ...summaryExample,
  team,
  teams: [{ id: 'team_q4vq2m7xw3nphz5tb6ay', name: 'Agents' }],
  accessProfile: kindOf('access-profile').example,
  defaultApplication: application,
  applications: [{ ...application, roles: [role], activeRole: null }],
}
