// The values of the attribute Role: each a role's ARN and a provider's ARN with a comma between them.

export type Arn = { readonly partition: string; readonly account: string; readonly name: string }

export type RolePair = {
  /** As it came. */
  readonly value: string
  /** Null where the value is no pair. */
  readonly role: Arn | null
  readonly provider: Arn | null
  readonly order: 'role-first' | 'provider-first' | null
  /** Why it is no pair, in words. */
  readonly fault: string | null
}

const roleArn = /^arn:(aws|aws-us-gov|aws-cn):iam::(\d{12}):role\/([\w+=,.@/-]{1,576})$/
const providerArn = /^arn:(aws|aws-us-gov|aws-cn):iam::(\d{12}):saml-provider\/([\w.-]{1,128})$/

/** Never throws. AWS leaves white space around the two, and takes them in either order. */
export function readRolePair(value: string): RolePair {
  const parts = splitPair(value)
  if (parts === undefined) return noPair(value)
  const [first, second] = parts
  const pair = arnsOf(first, second) ?? arnsOf(second, first)
  if (pair === undefined) return noPair(value)
  return { value, ...pair, order: roleArn.test(first) ? 'role-first' : 'provider-first', fault: null }
}

function noPair(value: string): RolePair {
  return { value, role: null, provider: null, order: null, fault: faultOf(value) }
}

function arnsOf(role: string, provider: string): { readonly role: Arn; readonly provider: Arn } | undefined {
  const [roleFound, providerFound] = [arnOf(roleArn, role), arnOf(providerArn, provider)]
  return roleFound && providerFound && { role: roleFound, provider: providerFound }
}

function arnOf(form: RegExp, text: string): Arn | undefined {
  const [, partition = '', account = '', name = ''] = form.exec(text) ?? []
  return name === '' ? undefined : { partition, account, name }
}

// The name of a role may hold a comma, so the pair is divided where the second ARN begins.
function splitPair(value: string): readonly [string, string] | undefined {
  const match = /^(arn:[^\s]*?)\s*,\s*(arn:\S*)$/.exec(value.trim().slice(0, LONGEST))
  return match?.[1] === undefined || match[2] === undefined ? undefined : [match[1], match[2]]
}

const LONGEST = 2048

function faultOf(value: string): string {
  const text = value.trim().slice(0, LONGEST)
  if (text === '') return 'it is empty'
  const arns = text.match(/arn:aws[a-z-]*:iam:/g)?.length ?? 0
  if (arns === 0) return 'there is no ARN in it'
  if (arns > 2) return 'there are more than two ARNs in it: each pair needs a value of its own'
  if (/["'“”‘’<>]/.test(text)) return 'there are quotation marks or brackets in it'
  if (/;|\|/.test(text)) return 'the ARNs are divided by another sign than a comma'
  if (arns === 1)
    return text.includes(':saml-provider/')
      ? 'it has the provider’s ARN but no role’s'
      : 'it has the role’s ARN but no provider’s'
  if (!text.includes(',')) return 'there is no comma between the two ARNs'
  if (text.split(',').some((part) => /\s/.test(part.trim()))) return 'there is white space inside an ARN'
  if (!text.includes(':saml-provider/')) return 'neither ARN is that of a SAML provider (…:saml-provider/NAME)'
  if (!text.includes(':role/')) return 'neither ARN is that of a role (…:role/NAME)'
  if (!/iam::\d{12}:.*iam::\d{12}:/.test(text)) return 'an account in it is not of 12 digits'
  return 'an ARN in it is not written as AWS writes them'
}
