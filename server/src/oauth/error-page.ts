import type { ErrorOut } from 'oidc-provider'
import { html } from '#http/html.ts'
import { page } from '#http/page.ts'

/** Where an error cannot be told to the application: its address is not known, or not believed. */
export function errorPage(owner: string, { error, error_description }: ErrorOut): string {
  return page({
    title: 'The application asked for something that cannot be done',
    owner,
    body: html`<p>Go back to the application and try again. If it happens once more, tell its developer what is below.</p>
<dl class="facts"><dt>Error</dt><dd><code>${error}</code></dd>
${error_description !== undefined && html`<dt>Description</dt><dd>${error_description}</dd>`}</dl>`,
  })
}

/** For a person whom the identity provider, or a rule of the Environment, does not let use this application. */
export function deniedPage(
  owner: string,
  client: {
    readonly name: string
    readonly back: string
    readonly by: 'identity-provider' | 'rules'
    /** Of the sign-in, whose record says what was missing. */
    readonly reference: string | undefined
  },
): string {
  const sentence =
    client.by === 'rules'
      ? `The access rules of ${owner} do not allow ${client.name} for you, or not from where you are.`
      : `Your company’s sign-in page does not allow ${client.name} for you, also when it was asked again.`
  return page({
    title: 'You may not use this application',
    owner,
    body: html`<p>${sentence}</p>
<p>If you need it, tell your administrator${client.reference !== undefined && ', with the reference below'}.</p>
<p class="actions"><a class="button" href="${client.back}">Back to the application</a></p>
${client.reference !== undefined && html`<p class="reference"><span class="quiet">Reference</span> <code>${client.reference}</code></p>`}`,
  })
}

/** The interaction is over: it took too long, or its cookie is another browser's. */
export function overPage(owner: string): string {
  return page({
    title: 'This sign-in is over',
    owner,
    body: html`<p>It took too long, or began in another browser. Go back to the application and start again.</p>`,
  })
}
