/** Why somebody is not let in, or an account of an administrator is not changed. What is told of each, `admin` says. */
export type AdministratorFault =
  | 'sign-in-refused'
  | 'too-many-attempts'
  | 'challenge-over'
  | 'code-wrong'
  | 'passkey-refused'
  | 'link-over'
  | 'sign-in-first'
  | 'password-short'
  | 'password-long'
  | 'password-obvious'
  | 'password-wrong'
  | 'email-taken'
  | 'totp-there-already'
  | 'totp-not-begun'
  | 'last-owner'
  | 'passkeys-full'

export class AdministratorRefused extends Error {
  readonly fault: AdministratorFault

  constructor(fault: AdministratorFault) {
    super(fault)
    this.name = 'AdministratorRefused'
    this.fault = fault
  }
}

export function refuse(fault: AdministratorFault): never {
  throw new AdministratorRefused(fault)
}
