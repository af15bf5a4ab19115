import type { FindingRow } from '#connect/finding.ts'

/** Everything that can be wrong with a RelayState, in words. */
export const relayStateFindings = {
  'too-long': [
    'broken',
    'This is too long for a RelayState.',
    'Paste the RelayState alone: one address of the AWS console.',
  ],
  empty: ['broken', 'There is no RelayState here.', 'Copy the RelayState from this page.'],
  'space-or-quotes': [
    'doubtful',
    'There are spaces, line breaks or quotation marks in it.',
    'Take them out where the RelayState is entered; editors and mails put them in.',
  ],
  'encoded-whole': [
    'doubtful',
    'The whole address is percent-encoded. That is right inside a link, and wrong in a field of its own.',
    'In a field of the identity provider enter it as it begins with https://.',
  ],
  'encoded-whole-twice': [
    'broken',
    'The whole address is percent-encoded more than once, so AWS does not receive an address.',
    'Encode it once inside a link, and not at all in a field of the identity provider.',
  ],
  'not-an-address': [
    'broken',
    '“{found}” is not an address.',
    'It begins with https:// and has the region, console.aws.amazon.com/connect/federate/ and the id of the instance.',
  ],
  'not-https': ['broken', 'The address does not begin with https://.', 'Begin it with https://.'],
  'address-of-instance': [
    'broken',
    '{found} is the address of the Amazon Connect instance. From there a browser that AWS signed in is not known yet.',
    'Use the address of the AWS console that ends with /connect/federate/ and the id of the instance.',
  ],
  'address-of-sign-in': [
    'broken',
    '{found} is where AWS receives SAML responses, not where it goes on to.',
    'Enter it as Reply URL or ACS address, and the address with /connect/federate/ as RelayState.',
  ],
  'other-host': [
    'broken',
    '{found} is not the AWS console, so AWS does not go there.',
    'Begin with https://, the region and .console.aws.amazon.com.',
  ],
  'other-path': [
    'broken',
    'The path {found} opens another page of the AWS console, and the window stays there.',
    'The path is /connect/federate/ and the id of the instance.',
  ],
  'region-missing': [
    'doubtful',
    'The address has no region, so AWS may look for the instance in another one.',
    'Put the region of the instance first, as in https://eu-west-2.console.aws.amazon.com.',
  ],
  'region-unknown': [
    'broken',
    '“{found}” is not the name of an AWS region.',
    'Copy the region from the instance’s ARN; it looks like eu-west-2.',
  ],
  'other-partition': [
    'broken',
    'The region {region} is not reached at this console.',
    'Use https://{expected} for this region.',
  ],
  'instance-not-id': [
    'broken',
    '“{found}” is not the id of an instance.',
    'Copy the id from the end of the instance’s ARN: 36 characters with four hyphens, not the alias.',
  ],
  'instance-is-arn': [
    'broken',
    'The whole ARN stands where only its end belongs.',
    'Leave only {found} behind /connect/federate/.',
  ],
  'unknown-parameter': [
    'doubtful',
    'The parameter “{found}” means nothing to Amazon Connect here.',
    'If it belongs to the destination, encode the destination as a whole; else take it out.',
  ],
  'destination-twice': ['broken', 'The destination is there twice.', 'Leave one.'],
  'destination-not-encoded': [
    'note',
    'The destination is not percent-encoded. It works as long as it has no “&”.',
    'Write %2F for each slash of the destination.',
  ],
  'destination-encoded-twice': [
    'broken',
    'The destination is percent-encoded once too often, so Amazon Connect looks for a page that is not there.',
    'Write %2F, not %252F. Only inside a link, where the whole RelayState is encoded, %252F is right.',
  ],
  'no-destination': [
    'doubtful',
    'There is no destination, so the window lands on the first page of the instance. Agents may have no right to see it.',
    'Add ?destination= and the page of the agent.',
  ],
  'landing-not-a-path': [
    'broken',
    'The destination “{found}” is not a path of the instance.',
    'A destination begins with a slash and has no host, such as /ccp-v2.',
  ],
  'other-landing': [
    'doubtful',
    'The destination “{found}” is not a page for agents.',
    'Use /ccp-v2, /connect/ccp or /agent-app-v2.',
  ],
  'landing-of-new-domain': [
    'doubtful',
    'The destination {found} is a path at my.connect.aws, but new_domain=true is absent.',
    'Add &new_domain=true. If it was there, it was lost where the link was not encoded.',
  ],
  'landing-of-old-domain': [
    'doubtful',
    'The destination {found} is a path at awsapps.com, but new_domain=true leads to my.connect.aws.',
    'Take /connect out of the destination, or new_domain out of the RelayState.',
  ],
  'other-region': [
    'broken',
    'It leads to the region {found}, but the instance is in {expected}.',
    'Put {expected} in, or mend the region in the settings.',
  ],
  'other-instance': [
    'broken',
    'It leads to the instance {found}, but the settings name {expected}.',
    'Put the id of this Environment’s instance in. Another Environment has another link.',
  ],
  'other-destination': [
    'doubtful',
    'It lands on {found}, but the settings ask for {expected}.',
    'Change the destination, or the version of the Contact Control Panel in the settings.',
  ],
  'new-domain-missing': [
    'doubtful',
    'The instance’s address is at my.connect.aws, but new_domain=true is absent. AWS may sign the agent in at awsapps.com, and then the desktop does not see it.',
    'Add new_domain=true.',
  ],
  'new-domain-unwanted': [
    'broken',
    'new_domain=true signs the agent in at my.connect.aws, but the settings name an address at awsapps.com.',
    'Take new_domain out, or enter the instance’s address at my.connect.aws in the settings.',
  ],
} as const satisfies Readonly<Record<string, FindingRow>>
