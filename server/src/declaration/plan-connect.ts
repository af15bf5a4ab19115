import { plainFieldsOf } from '#connect/plain-fields.ts'
import type { AmazonConnectSettings } from '#connect/settings.ts'
import type { Draft } from '#declaration/change.ts'
import { type FieldChange, fieldsOf, fieldsThatDiffer } from '#declaration/fields.ts'
import type { Surroundings } from '#declaration/plan-connections.ts'

/** An Environment has one instance or none. */
export function planConnect(draft: Draft, { company, environment, current, unnamed }: Surroundings): void {
  const place = { companySlug: company.slug, environmentSlug: environment.slug }
  const about = {
    subject: 'amazon-connect',
    place,
    label: `Amazon Connect ${company.slug}/${environment.slug}`,
  } as const
  const [before, wanted] = [current?.amazonConnect, environment.amazonConnect]
  if (wanted === undefined) {
    if (before !== undefined) unnamed({ ...about, action: 'remove', fields: [] })
    return
  }
  const fields = differences(before, wanted)
  if (before !== undefined && fields.length === 0) draft.unchanged++
  else draft.changes.push({ ...about, action: before === undefined ? 'add' : 'change', fields, wanted })
}

function differences(before: AmazonConnectSettings | undefined, wanted: AmazonConnectSettings): readonly FieldChange[] {
  return fieldsThatDiffer(before && told(before), told(wanted))
}

function told(settings: AmazonConnectSettings) {
  return fieldsOf(Object.fromEntries(Object.entries(plainFieldsOf(settings)).filter(([, value]) => value !== null)))
}
