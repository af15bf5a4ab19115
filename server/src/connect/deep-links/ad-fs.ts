import { anyHost, awsEntityIdForm, awsEntityIds, type DeepLinkProduct } from '#connect/deep-links/product.ts'

const [urn, address] = awsEntityIds

export const adFs: DeepLinkProduct = {
  product: 'ad-fs',
  name: 'AD FS',
  link: {
    name: 'IdP-initiated sign-on page',
    where:
      'There is none to copy: it is the sign-on page of the server, with the identifier of the relying party trust for AWS in it.',
    forms: [
      {
        shown: 'https://{host}/adfs/ls/idpinitiatedsignon.aspx?RelayState={RPID=…&RelayState=…, encoded}',
        example:
          'https://sts.acme.example/adfs/ls/idpinitiatedsignon.aspx?RelayState=RPID%3Durn%253Aamazon%253Awebservices',
        host: anyHost,
        path: /^\/adfs\/ls\/idpinitiatedsign(on|onpage)(\.aspx)?\/?$/i,
      },
    ],
  },
  relayState: {
    parameter: 'RelayState',
    onlyOnLink: true,
    nested: true,
    field:
      'On the link, once it is switched on. Server 2016 and later: Set-AdfsProperties -EnableRelayStateForIdpInitiatedSignOn $true and Set-AdfsProperties -EnableIdPInitiatedSignonPage $true. Older: <useRelayStateForIdpInitiatedSignOn enabled="true"/> in web.config (2.0) or Microsoft.IdentityServer.Servicehost.exe.config (3.0).',
  },
  hide: 'AD FS has no portal with icons, only the drop-down list of its sign-on page; a trust cannot be hidden there.',
  shortcut: 'Put the User/Agent URL where your people look: the intranet, or a bookmark by group policy.',
  endpoints: [{ host: anyHost, path: /^\/adfs\/ls\/?$/i }],
  judge: (link) => {
    const party = relyingPartyOf(link)
    if (party === undefined) return [withoutParty]
    return awsEntityIdForm.test(party) ? [] : [otherParty]
  },
}

/** The relying party trust that the link names, in either of the two ways. */
export function relyingPartyOf(link: URL): string | undefined {
  const inner = new URLSearchParams(link.searchParams.get('RelayState') ?? '')
  return inner.get('RPID') ?? link.searchParams.get('loginToRp') ?? undefined
}

const withoutParty = {
  code: 'adfs-relying-party-missing',
  row: [
    'broken',
    'The link does not name the relying party trust for AWS, so people are asked which application they want.',
    `Let this page build the link, or add ?loginToRp=${urn}.`,
  ],
} as const

const otherParty = {
  code: 'adfs-other-relying-party',
  row: [
    'doubtful',
    'The relying party that the link names is not AWS.',
    `Use the identifier of the trust for AWS: ${urn} or ${address}.`,
  ],
} as const
