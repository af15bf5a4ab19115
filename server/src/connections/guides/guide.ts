// What a set-up guide is made of, and what several of them share.

/** A value of ours that is copied into the identity provider. */
export type ValueKey =
  | 'entityId'
  | 'acsUrl'
  | 'metadataUrl'
  | 'ssoRequestUrl'
  | 'sloUrl'
  | 'sloSoapUrl'
  | 'nameIdFormat'
  | 'userIdAttribute'
  | 'firstNameAttribute'
  | 'lastNameAttribute'
  | 'emailAttribute'
  | 'teamAttribute'
  | 'roleAttribute'

/** A setting of ours whose value the identity provider has. */
export type BroughtField =
  | 'identityProviderMetadataUrl'
  | 'metadata'
  | 'issuer'
  | 'thirdPartyAuthenticationUrl'
  | 'issuerCertificates'
  | 'singleLogout.url'

export type StepCheck =
  | 'metadata-readable'
  | 'issuer-equals'
  | 'certificate-valid'
  | 'sign-in-address'
  | 'first-answer'
  | 'user-id-found'
  | 'attributes-arrived'

export type GuideField = { readonly theirLabel: string; readonly value: ValueKey; readonly note?: string }
export type BroughtValue = { readonly theirLabel: string; readonly field: BroughtField; readonly note?: string }

export type GuideStep = {
  readonly title: string
  readonly text: string
  /** From us to them. */
  readonly fields?: readonly GuideField[]
  /** From them to us. */
  readonly brings?: readonly BroughtValue[]
  /** What shows that the step was done. */
  readonly check?: StepCheck
}

export type Guide = {
  /** Stable, for addresses. */
  readonly product: string
  readonly name: string
  readonly steps: readonly GuideStep[]
}

/** What every mapping step copies: the names under which attributes are to be sent. */
export function attributeFields(labelOf: (ours: string) => string): readonly GuideField[] {
  return [
    { theirLabel: labelOf('First name'), value: 'firstNameAttribute' },
    { theirLabel: labelOf('Last name'), value: 'lastNameAttribute' },
    { theirLabel: labelOf('E-mail'), value: 'emailAttribute' },
  ]
}

/** The last step is the same everywhere: somebody signs in. */
export function signInStep(who: string): GuideStep {
  return {
    title: 'Sign in once',
    text: `${who} opens the address below in a browser and signs in. The checks then tell what arrived here.`,
    fields: [
      {
        theirLabel: 'Address to open',
        value: 'ssoRequestUrl',
        note: 'While the connection is a draft, use the test sign-in of the portal instead.',
      },
    ],
    check: 'attributes-arrived',
  }
}
