// What a module of this folder says of one identity provider.

import type { FindingRow } from '#connect/finding.ts'

/** A form that links of the product have. */
export type LinkForm = {
  /** Braces stand for what differs from company to company. */
  readonly shown: string
  readonly example: string
  readonly host: RegExp
  /** Named groups become parts of the reading. */
  readonly path: RegExp
  /** Those in the address without which the product does not know the application, as it spells them. */
  readonly parameters?: readonly string[]
  /** The last of them has one of AWS’s names as a service provider. */
  readonly namesAws?: true
  /** The parameter of RelayState does nothing at this form. */
  readonly ignoresRelayState?: true
  readonly finding?: { readonly code: string; readonly row: FindingRow }
}

export type Place = { readonly host: RegExp; readonly path?: RegExp }

export type DeepLinkProduct = {
  /** As in the guides of connections. */
  readonly product: string
  readonly name: string
  readonly link: {
    /** What the product calls it. */
    readonly name: string
    readonly where: string
    readonly forms: readonly LinkForm[]
  }
  readonly relayState: {
    /** Of the link; absent where it is not taken from there. */
    readonly parameter?: string
    /** Read as well. */
    readonly alsoParameter?: string
    /** The product has no field for it. */
    readonly onlyOnLink?: true
    /** The parameter holds `RPID=…&RelayState=…`, each encoded once more. */
    readonly nested?: true
    /** Seen in use, but not in the product’s own documentation. */
    readonly unconfirmed?: true
    /** Where it is entered instead, or what must be switched on. */
    readonly field: string
  }
  readonly hide: string
  readonly shortcut: string
  /** Pages for administrators, which agents cannot open. */
  readonly adminPages?: readonly Place[]
  /** Where agents choose among applications. */
  readonly homePages?: readonly Place[]
  /** Where the product waits for an AuthnRequest, and without one does not know what for. */
  readonly endpoints?: readonly Place[]
  readonly judge?: (link: URL) => readonly { readonly code: string; readonly row: FindingRow }[]
}

/** By which names AWS is known as a service provider; Entra tells several applications apart by what follows “#”. */
export const awsEntityIds = ['urn:amazon:webservices', 'https://signin.aws.amazon.com/saml'] as const

export const awsEntityIdForm =
  /^(urn:amazon:webservices(:[\w-]+)?|https:\/\/([a-z0-9-]+\.)?signin\.(aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)\/saml([#/].*)?)$/

/** At a host that the company chose. */
export const anyHost = /^.+$/
