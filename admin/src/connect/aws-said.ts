import type { Found } from '#api/here.ts'

/** What the check says of one response. */
export type AwsReport = Found<'amazon-connect/check-response', 'post'>['items'][number]
