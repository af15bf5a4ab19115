/**
 * What Amazon Connect says to somebody whom AWS has signed in, in its own words.
 * @see https://docs.aws.amazon.com/connect/latest/adminguide/troubleshoot-saml.html
 */
export const connectRefusals = {
  /** No user of the instance has the name of the session. */
  'not-onboarded':
    'Access Denied. Your account has been authenticated, but has not been onboarded to this application.',
  /** The role may not, or it is another instance or region. */
  'not-permitted': 'Access denied, Please contact your AWS account administrator for assistance.',
  /** The ten hours are over, or nobody came through the identity provider. */
  'session-expired': 'Session Expired',
} as const

export type ConnectRefusal = keyof typeof connectRefusals
