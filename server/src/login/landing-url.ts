import type { EnvironmentOfCompany } from '#companies/environments.ts'

/** The User/Agent URL of an Environment: where people begin, and where they land when they asked for no page. */
export function landingOf({ company, environment }: EnvironmentOfCompany, publicUrl: string): string {
  return `${publicUrl}/${company.slug}/${environment.slug}`
}
