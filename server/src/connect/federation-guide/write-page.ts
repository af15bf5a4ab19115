// Writes docs/aws-federation.md: `node server/src/connect/federation-guide/write-page.ts`. A test keeps it as the data is.

import { writeFileSync } from 'node:fs'
import { federationPage } from '#connect/federation-guide/page.ts'

writeFileSync(new URL('../../../../docs/aws-federation.md', import.meta.url), federationPage())
