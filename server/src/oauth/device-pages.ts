import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { type Html, html } from '#http/html.ts'
import { page } from '#http/page.ts'

type DeviceFlow = NonNullable<NonNullable<Configuration['features']>['deviceFlow']>

/**
 * The pages of the device flow (RFC 8628 section 3.3): the code that a device shows is typed in, and confirmed. The forms
 * are ours, because oidc-provider's have scripts in them; it hands them on as text, from which the token against forged
 * forms is taken.
 */
export function devicePages(
  owner: string,
): Pick<DeviceFlow, 'userCodeInputSource' | 'userCodeConfirmSource' | 'successSource'> {
  const show = (ctx: KoaContextWithOIDC, title: string, body: Html): void => {
    ctx.type = 'html'
    ctx.set('cache-control', 'no-store')
    ctx.body = page({ title, owner, body })
  }
  return {
    userCodeInputSource: async (ctx, form, _out, err) => {
      const said = err === undefined ? undefined : sentenceOf(err)
      show(
        ctx,
        'Connect a device',
        html`${said !== undefined && html`<div role="alert" class="notice broken"><p class="fault">${said}</p></div>`}
<form method="post" action="${actionOf(form)}">
<input type="hidden" name="xsrf" value="${tokenOf(form)}">
<div class="field"><label for="user_code">Code on the device</label>
<input id="user_code" name="user_code" autocomplete="off" autocapitalize="characters" aria-describedby="user_code-help">
<p class="help" id="user_code-help">It looks like ABCD-EFGH.</p></div>
<p class="actions"><button type="submit">Continue</button></p>
</form>`,
      )
    },
    userCodeConfirmSource: async (ctx, form, client, _device, userCode) => {
      const name = client.clientName ?? client.clientId
      show(
        ctx,
        'Is this your device?',
        html`<p>${name} wants to sign in as you. The device must show this code:</p>
<p class="code"><strong>${userCode}</strong></p>
<p>If you did not ask for it, somebody else may have. Then refuse.</p>
<form method="post" action="${actionOf(form)}" class="actions">
<input type="hidden" name="xsrf" value="${tokenOf(form)}">
<input type="hidden" name="user_code" value="${userCode}">
<input type="hidden" name="confirm" value="yes">
<button type="submit">It is mine, go on</button>
<button type="submit" class="plain" name="abort" value="yes">Refuse</button>
</form>`,
      )
    },
    successSource: async (ctx) => {
      show(ctx, 'The device is connected', html`<p role="status">Go on at the device. You may close this page.</p>`)
    },
  }
}

function sentenceOf(error: Error): string {
  if (error.name === 'AbortedError') return 'You have refused. Nothing was connected.'
  return 'No device waits with this code. Look at it again; after ten minutes it needs a new one.'
}

function actionOf(form: string): string {
  return /action="([^"]*)"/.exec(form)?.[1]?.replaceAll('&amp;', '&') ?? ''
}

function tokenOf(form: string): string {
  return /name="xsrf" value="([^"]*)"/.exec(form)?.[1] ?? ''
}
