// Why metadata was not taken.

export type MetadataErrorCode =
  | 'metadata-unreadable'
  | 'metadata-several-entities'
  | 'metadata-role-missing'
  | 'metadata-entity-id'
  | 'metadata-expired'
  | 'metadata-no-endpoint'
  | 'metadata-no-certificate'
  | 'metadata-endpoint-url'
  | 'metadata-certificate'

export class MetadataError extends Error {
  readonly code: MetadataErrorCode

  constructor(code: MetadataErrorCode, message: string) {
    super(message)
    this.name = 'MetadataError'
    this.code = code
  }
}
