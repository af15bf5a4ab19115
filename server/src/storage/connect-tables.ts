// The tables of Amazon Connect; the conventions are those of tables.ts.

import type { Id } from '#config/world.ts'

export type ConnectTables = {
  amazon_connect: AmazonConnectRow
  aws_inspections: AwsInspectionRow
  aws_inspection_reports: AwsInspectionReportRow
  desktop_reports: DesktopReportRow
}

/** Without a row, the Environment has no instance of Amazon Connect. */
export type AmazonConnectRow = {
  environment_id: Id<'env'>
  /** JSON, see connect/settings.ts */
  settings: string
  updated_at: number
}

/** An address that an identity provider's test may be pointed at, for a while. */
export type AwsInspectionRow = {
  id: Id<'insp'>
  environment_id: Id<'env'>
  token_hash: string
  /** JSON, see users/source.ts */
  created_by: string
  created_at: number
  expires_at: number
}

export type AwsInspectionReportRow = {
  id: Id<'report'>
  inspection_id: Id<'insp'>
  environment_id: Id<'env'>
  at: number
  /** Sealed JSON: it holds what a response said of a person. */
  sealed: string
}

/** How often something happened at the agent desktop, on one day. */
export type DesktopReportRow = {
  environment_id: Id<'env'>
  /** Of UTC, like 2026-03-01 */
  day: string
  /** A code of connect/desktop-troubles.ts, or `signed-in` */
  code: string
  count: number
  /** Of the sign-ins: all their milliseconds together */
  total_ms: number
}
