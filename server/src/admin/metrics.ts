// What a monitoring system asks: numbers of the whole service, in the text format of Prometheus, version 0.0.4.

import { readFileSync } from 'node:fs'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { authenticateToken, demandScope } from '#admin/authenticate.ts'
import { answerProblems } from '#admin/bodies-and-problems.ts'
import { countFailures } from '#admin/failures.ts'
import type { AdminContext } from '#admin/operations.ts'
import { ApiProblem } from '#admin/problems.ts'
import type { ApiToken } from '#admin/tokens/tokens.ts'
import type { DesktopCounts } from '#connect/desktop-counts.ts'
import type { Route } from '#http/http.ts'
import type { AttemptCounts } from '#logout/attempt-counts.ts'
import { type LogoutMeasures, measureLogouts } from '#logout/measures.ts'

/** What this process has counted since it started. */
type Counts = { readonly attempts: AttemptCounts; readonly desktopCounts: DesktopCounts }

type Context = Omit<AdminContext, 'failures'> & Counts

export type Metric = {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  readonly samples: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[]
}

/** `/metrics`: for a token with the scope `metrics:read`, and only where it sees all Environments, as the numbers do. */
export function metricsRoutes(outer: Context): readonly Route[] {
  const ctx = { ...outer, failures: countFailures() }
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const token = await authenticateToken(ctx, request)
    demandScope(token, 'metrics:read')
    demandAll(token)
    const metrics = metricsOf(await measureLogouts(ctx.db), { ...ctx, now: ctx.world.clock(), kind: ctx.db.kind })
    return reply
      .header('cache-control', 'no-store')
      .type('text/plain; version=0.0.4; charset=utf-8')
      .send(writeMetrics(metrics))
  }
  return [{ method: 'GET', path: '/metrics', handler, part: (app) => answerProblems(app, ctx) }]
}

/** @throws ApiProblem where the token is for a Company or an Environment */
function demandAll({ name, companyId, environmentId }: ApiToken): void {
  if (companyId === undefined && environmentId === undefined) return
  throw new ApiProblem(
    'reach-missing',
    `These numbers are of all Environments together, and the token “${name}” is not for all of them. ` +
      'Use a token that was made with --all.',
  )
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
}

/** Every metric there is; docs/operations.md has them, and what to be woken for. */
export function metricsOf(
  { waiting, oldestWaitingSince, providersPaused, clientsPaused, endingsUnfinished }: LogoutMeasures,
  { attempts, desktopCounts, now, kind }: Counts & { readonly now: Date; readonly kind: string },
): readonly Metric[] {
  const gauge = (name: string, help: string, value: number): Metric => ({
    name,
    type: 'gauge',
    help,
    samples: [{ value }],
  })
  const age = oldestWaitingSince === undefined ? 0 : (now.getTime() - oldestWaitingSince.getTime()) / 1000
  return [
    gauge('sallyport_logouts_waiting', 'Logouts that identity providers and clients have not confirmed yet.', waiting),
    // Clocks of several nodes differ, and nothing waits since tomorrow.
    gauge('sallyport_logouts_oldest_waiting_seconds', 'For how long the oldest of them has waited.', Math.max(0, age)),
    gauge(
      'sallyport_logout_providers_paused',
      'Identity providers that did not answer the last time.',
      providersPaused,
    ),
    gauge('sallyport_logout_clients_paused', 'Clients that did not answer the last time.', clientsPaused),
    gauge('sallyport_session_endings_unfinished', 'Logout All of an Environment, not through yet.', endingsUnfinished),
    {
      name: 'sallyport_logout_attempts_total',
      type: 'counter',
      help: 'Attempts of this process to tell an identity provider or a client of a logout.',
      samples: Object.entries(attempts.all()).map(([outcome, value]) => ({ labels: { outcome }, value })),
    },
    {
      name: 'sallyport_desktop_troubles_total',
      type: 'counter',
      help: 'What stood in the way of agents, as their desktops told this process.',
      samples: desktopCounts.troubles().map(({ code, count }) => ({ labels: { code }, value: count })),
    },
    {
      name: 'sallyport_desktop_sign_ins_total',
      type: 'counter',
      help: 'Sign-ins to Amazon Connect that agent desktops told this process of.',
      samples: [{ value: desktopCounts.signIns() }],
    },
    {
      name: 'sallyport_build_info',
      type: 'gauge',
      help: 'What is running.',
      samples: [{ labels: { version, node: process.version, database: kind }, value: 1 }],
    },
  ]
}

export function writeMetrics(metrics: readonly Metric[]): string {
  return metrics
    .flatMap(({ name, type, help, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(({ labels, value }) => `${name}${labelsText(labels)} ${value}`),
    ])
    .map((line) => `${line}\n`)
    .join('')
}

function labelsText(labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
