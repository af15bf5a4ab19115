// The agent desktop as browsers receive it: the page of the workspace `desktop`, with the settings of one Environment in it.

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import { newToken, type World } from '#config/world.ts'
import { connectAddresses } from '#connect/addresses.ts'
import { cookieProbeRoutes } from '#connect/cookie-probe.ts'
import type { AmazonConnectSettings } from '#connect/settings.ts'
import { type Built, NONCE, readBuilt, sendAsset } from '#http/built.ts'
import { html } from '#http/html.ts'
import { notFound, type Route, sendPage } from '#http/http.ts'
import { displayName, type User } from '#users/users.ts'

/** Where `npm run build:pages` puts its files. */
const DIST = new URL('../../../desktop/dist/', import.meta.url)
const SETTINGS = '"SETTINGS_OF_THIS_ANSWER"'

/** What the page is told. Nothing in it is secret: whoever opens the page may read it. */
export type DesktopSettings = {
  /** `test`: every stage is shown, for administrators. */
  readonly mode: 'desktop' | 'test'
  readonly company: string
  readonly environment: string
  /** The User/Agent URL. */
  readonly agentUrl: string
  /** Whoever is signed in to Sallyport in this browser. */
  readonly person: {
    readonly id: string
    readonly name: string
    /** How Amazon Connect must name this agent; null: that is not compared. */
    readonly agentName: string | null
  } | null
  /** The desktop ends with the session here. */
  readonly needsSession: boolean
  readonly instanceUrl: string
  readonly region: string
  readonly ccpUrl: string
  readonly logoutUrl: string
  readonly singleSignOn: boolean
  /** What the sign-in window opens: the identity provider's deep link, or the instance's own login page. */
  readonly signInUrl: string
  readonly autoCloseWindow: boolean
  readonly stuckAfterSeconds: number
}

type Shown = {
  readonly place: EnvironmentOfCompany
  readonly settings: AmazonConnectSettings
  readonly user: User | undefined
  readonly mode: DesktopSettings['mode']
}

export type Desktop = {
  readonly send: (reply: FastifyReply, shown: Shown) => FastifyReply
  readonly routes: readonly Route[]
}

type Context = { readonly world: Pick<World, 'chance'>; readonly config: { readonly publicUrl: string } }

/** @param dist a folder, with a slash at its end */
export function agentDesktop({ world, config }: Context, dist: URL = DIST): Desktop {
  let built: Built | undefined
  const files = (): Built | undefined => {
    built ??= readBuilt(dist, 'desktop')
    return built
  }
  const asset = async (request: FastifyRequest, reply: FastifyReply) => {
    const { '*': name } = request.params as { readonly '*': string }
    const file = files()?.assets.get(name)
    return file === undefined ? notFound(reply) : sendAsset(request, reply, file)
  }
  const send = (reply: FastifyReply, shown: Shown): FastifyReply => {
    const page = files()
    if (page === undefined) return sendPage(reply, 503, notBuilt)
    const nonce = newToken(world.chance)
    const text = jsonInHtml(settingsOfPage(shown, config.publicUrl))
    return (
      reply
        .header('content-security-policy', policyFor(shown.settings.instance.url, nonce))
        // The sign-in window is on other sites and must stay ours to close.
        .header('cross-origin-opener-policy', 'same-origin-allow-popups')
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(page.index.replaceAll(NONCE, nonce).replace(SETTINGS, () => text))
    )
  }
  return { send, routes: [{ method: 'GET', path: '/assets/desktop/*', handler: asset }, ...cookieProbeRoutes] }
}

function settingsOfPage({ place, settings, user, mode }: Shown, publicUrl: string): DesktopSettings {
  const { singleSignOn, instance } = settings
  const { ccpUrl, loginUrl, logoutUrl } = connectAddresses(settings)
  const withSingleSignOn = singleSignOn.enabled && singleSignOn.url !== null
  return {
    mode,
    company: place.company.name,
    environment: place.environment.name,
    agentUrl: `${publicUrl}/${place.company.slug}/${place.environment.slug}`,
    person: user === undefined ? null : personOf(user, settings),
    needsSession: settings.requireSignIn,
    instanceUrl: instance.url,
    region: instance.region,
    ccpUrl,
    logoutUrl,
    singleSignOn: withSingleSignOn,
    signInUrl: withSingleSignOn && singleSignOn.url !== null ? singleSignOn.url : loginUrl,
    autoCloseWindow: singleSignOn.autoCloseWindow,
    stuckAfterSeconds: settings.stuckAfterSeconds,
  }
}

function personOf(user: User, { agentName }: AmazonConnectSettings): NonNullable<DesktopSettings['person']> {
  return { id: user.id, name: displayName(user), agentName: agentNameOf(user, agentName) }
}

function agentNameOf(user: User, which: AmazonConnectSettings['agentName']): string | null {
  const names = { username: user.username, 'federated-id': user.federatedId, email: user.email, any: undefined }
  return names[which] ?? null
}

/**
 * Scripts from here, frames of the instance. The instance may lie in an object, too: that is how the desktop finds out
 * whether the browser was refused the frame. The frame from `data:` holds our own page as if it were of another site: that
 * is how it finds out whether cookies arrive there.
 */
function policyFor(instance: string, nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    `connect-src 'self' ${instance}`,
    `frame-src 'self' data: ${instance}`,
    `object-src ${instance}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** In a script element only its end, and what looks like one, must not stand. */
function jsonInHtml(value: DesktopSettings): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}

const notBuilt = {
  title: 'The agent desktop is not built',
  body: html`<p>Run <code>npm run build:pages</code> where Sallyport is installed, then load this page again.</p>`,
}
