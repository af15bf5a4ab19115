// Loaded into every test file's process (`node --import`). A file that left something open (a server, a timer, a child)
// would keep the whole run waiting for ever: here it ends, and says what it left.
import { relative } from 'node:path'

const minutes = Number(process.env.SALLYPORT_TEST_FILE_MINUTES ?? 10)

// The runner itself has no such variable. A timer that holds nothing open fires only if something else does.
if (process.env.NODE_TEST_CONTEXT) setTimeout(giveUp, minutes * 60_000).unref()

function giveUp(): void {
  const file = relative(process.cwd(), process.argv[1] ?? '')
  console.error(
    `${file} did not end within ${minutes} minutes. Still open: ${process.getActiveResourcesInfo().join(', ')}`,
  )
  process.exit(1)
}
