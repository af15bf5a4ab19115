// AWS is divided into partitions, with names, domains and sign-in addresses of their own. The region says which it is.

export type Partition = 'aws' | 'aws-us-gov' | 'aws-cn'

export function partitionOf(region: string): Partition {
  if (region.startsWith('us-gov-')) return 'aws-us-gov'
  return region.startsWith('cn-') ? 'aws-cn' : 'aws'
}

/** Behind the region and `.console.` in addresses of the console. */
export const consoleDomains: Readonly<Record<Partition, string>> = {
  aws: 'aws.amazon.com',
  'aws-us-gov': 'amazonaws-us-gov.com',
  'aws-cn': 'amazonaws.cn',
}

/** Where AWS receives responses; `SAML:aud` is compared with the Recipient of the response, not with its audience. */
export const signInAddresses: Readonly<Record<Partition, string>> = {
  aws: 'https://signin.aws.amazon.com/saml',
  'aws-us-gov': 'https://signin.amazonaws-us-gov.com/saml',
  'aws-cn': 'https://signin.amazonaws.cn/saml',
}
