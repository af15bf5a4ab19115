/** `sallyport amazon-connect reports`: what agents met at the desktop. Exit code 0 done, 1 refused, 2 called wrongly. */

import { type Cli, fail, inEnvironment } from '#admin/in-environment.ts'
import type { CommandArguments } from '#config/command.ts'
import { type DesktopReports, MOST_DAYS, readDesktopReports } from '#connect/desktop-reports.ts'
import { desktopTroubles } from '#connect/desktop-troubles.ts'

export const desktopReportsOptions = { days: { type: 'string' } } as const

export async function desktopReportsCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inEnvironment(args, cli, { command: 'amazon-connect reports', words: [] }, async ({ place }) => {
    const text = String(args.values.days ?? 7)
    const days = Number(text)
    if (!/^\d{1,2}$/.test(text) || days < 1 || days > MOST_DAYS)
      return fail(cli, 2, `--days is a whole number from 1 to ${MOST_DAYS}.`)
    const reports = await readDesktopReports(cli.db.read, place.environment.id, { days, now: cli.world.clock() })
    for (const line of linesOf(reports, days)) cli.out(line)
    return 0
  })
}

function linesOf({ signIns, averageMilliseconds = 0, troubles }: DesktopReports, days: number): readonly string[] {
  const during = days === 1 ? 'today' : `in the last ${days} days`
  const seconds = (averageMilliseconds / 1000).toFixed(1)
  return [
    signIns === 0
      ? `No sign-ins ${during}.`
      : `${signIns} ${signIns === 1 ? 'sign-in' : 'sign-ins'} ${during}, ${seconds} s on average.`,
    ...(troubles.length === 0 ? [`Nothing stood in anybody’s way.`] : []),
    ...troubles.map(
      ({ code, count }) => `${count}  ${code}  ${desktopTroubles[code].title}. ${desktopTroubles[code].cure}`,
    ),
  ]
}
