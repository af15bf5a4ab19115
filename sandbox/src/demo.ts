/**
 * The seeded Company of `demo/sallyport.yaml`, as far as the sandbox's pages link to it.
 * A test keeps the two in step.
 */

export const demo = {
  company: 'acme',
  production: 'production',
  test: 'test',
  /** The connection that takes answers nobody asked for (Profiles 4.1.5). */
  idpInitiatedTicket: 'bfrwnzqhtkdmlx',
  /** The OAuth clients of production. */
  clients: {
    mediaHelper: '64cd7f8c-207b-4caf-b888-56b8e17384a6',
    tempoAndroid: 'a726a4a8-9915-4966-9ac2-b8c9064fe30d',
    tempoIos: '9fa531f6-e8a9-4f83-b6d6-12f66f7edb5e',
  },
  /** The pretend account at AWS, and the Amazon Connect instance in it. */
  aws: {
    accountId: '123456789012',
    region: 'us-east-1',
    instanceId: '6f0a2c1e-93b4-4d7e-8a55-0c1d2e3f4a5b',
    roleName: 'AmazonConnectAgent',
    providerName: 'SandboxDirectory',
  },
} as const

/** Addresses and names of a connection at Sallyport. */
export function connectionUrls(
  sallyportUrl: string,
  ticket: string,
): { readonly acsUrl: string; readonly entityId: string } {
  return { acsUrl: `${sallyportUrl}/saml/${ticket}/acs`, entityId: `${sallyportUrl}/saml/${ticket}/metadata` }
}
