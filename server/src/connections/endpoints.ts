/** The URLs of a connection that its identity provider, or a link in an application, needs. */
export type Endpoints = {
  /** Platform Authentication Service URL: starts a sign-in. */
  readonly ssoRequest: string
  /** Assertion Consumer Service Endpoint. */
  readonly acs: string
  readonly continue: string
  readonly metadata: string
  readonly slo: string
  readonly sloSoap: string
}

export function endpointsOf(publicUrl: string, ticket: string): Endpoints {
  const base = `${publicUrl}/saml/${ticket}`
  return Object.freeze({
    ssoRequest: `${publicUrl}/saml/ssoRequest?ticket=${ticket}`,
    acs: `${base}/acs`,
    continue: `${base}/continue`,
    metadata: `${base}/metadata`,
    slo: `${base}/slo`,
    sloSoap: `${base}/slo/soap`,
  })
}
