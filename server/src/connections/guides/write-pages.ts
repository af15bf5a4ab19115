// Writes docs/guides: `node server/src/connections/guides/write-pages.ts`. A test keeps them as the data is.

import { mkdirSync, writeFileSync } from 'node:fs'
import { guides } from '#connections/guides/guides.ts'
import { guidePage } from '#connections/guides/page.ts'

const folder = new URL('../../../../docs/guides/', import.meta.url)
mkdirSync(folder, { recursive: true })
for (const guide of guides) writeFileSync(new URL(`${guide.product}.md`, folder), guidePage(guide))
