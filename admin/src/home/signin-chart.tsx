import { useMediaQuery } from '@mantine/hooks'
import type { Overview } from '#home/home.tsx'
import { Fold } from '#parts/fold.tsx'
import { type Column, Table } from '#parts/table.tsx'
import { home as text } from '#words/home.ts'

type Hours = Overview['hours']
type Hour = Hours[number]

/** In units of which a letter is a dozen high: fewer where the page is narrow. */
const WIDTHS = { wide: 960, narrow: 420 }
const HEIGHT = 200
/** Below the bars, for the hours; left of them, for the numbers. */
const FOOT = 24
const SIDE = 40
const GAP = 4

/** Sign-ins hour by hour: those that worked, and the refused ones upon them. The same numbers stand in a table. */
export function SigninChart({ hours }: { readonly hours: Hours }) {
  const sum = (of: (hour: Hour) => number) => hours.reduce((before, hour) => before + of(hour), 0)
  const peak = hours.reduce((most, hour) => (totalOf(hour) > totalOf(most) ? hour : most), hours[0] as Hour)
  const top = roundUp(totalOf(peak))
  const width = useMediaQuery('(max-width: 640px)') ? WIDTHS.narrow : WIDTHS.wide
  const label = text.chart(
    sum(({ signedIn }) => signedIn),
    sum(({ refused }) => refused),
    hourOf(peak),
  )
  return (
    <>
      <ul className="chart-legend" aria-hidden="true">
        <li className="chart-signed-in">{text.signedIn}</li>
        <li className="chart-refused">{text.refused}</li>
      </ul>
      <svg className="chart" viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={label}>
        <Scale top={top} width={width} />
        {hours.map((hour, index) => (
          <Bar key={hour.from} hour={hour} index={index} count={hours.length} top={top} whole={width} />
        ))}
      </svg>
      <Fold summary={text.asTable}>
        <div className="form">
          <Table
            label={text.day}
            columns={columns}
            rows={hours.map((hour) => ({ ...hour, id: hour.from })).reverse()}
          />
        </div>
      </Fold>
    </>
  )
}

const columns: readonly Column<Hour & { readonly id: string }>[] = [
  { name: text.hour, cell: (hour) => hourOf(hour) },
  { name: text.signedIn, tight: true, cell: ({ signedIn }) => signedIn },
  { name: text.refused, tight: true, cell: ({ refused }) => refused },
]

function totalOf({ signedIn, refused }: Hour): number {
  return signedIn + refused
}

const clockHour = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const hourOf = ({ from }: Hour) => clockHour.format(new Date(from))

/** To a number that is easily halved. */
function roundUp(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)))
  return [1, 2, 4, 6, 8, 10].map((step) => step * power).find((step) => step >= most && step >= 2) ?? 2
}

/** The lines for nought, half and all of it. */
function Scale({ top, width }: { readonly top: number; readonly width: number }) {
  const high = HEIGHT - FOOT - 8
  return [0, top / 2, top].map((value) => {
    const y = 8 + high - (high * value) / top
    return (
      <g key={value}>
        <line className="chart-line" x1={SIDE} x2={width} y1={y} y2={y} />
        <text className="chart-text" x={SIDE - 8} y={y + 4} textAnchor="end">
          {value}
        </text>
      </g>
    )
  })
}

type BarProps = {
  readonly hour: Hour
  readonly index: number
  readonly count: number
  readonly top: number
  readonly whole: number
}

function Bar({ hour, index, count, top, whole }: BarProps) {
  const high = HEIGHT - FOOT - 8
  const step = (whole - SIDE) / count
  const x = SIDE + step * index + GAP / 2
  const width = step - GAP
  const height = (value: number) => (high * value) / top
  const signedIn = height(hour.signedIn)
  const refused = height(hour.refused)
  const base = 8 + high
  return (
    <g>
      <title>{`${hourOf(hour)}: ${text.dayIntro(hour.signedIn, hour.refused)}`}</title>
      <rect className="chart-signed-in" x={x} width={width} y={base - signedIn} height={signedIn} />
      <rect className="chart-refused" x={x} width={width} y={base - signedIn - refused} height={refused} />
      {index % 4 === (count - 2) % 4 && (
        <text className="chart-text" x={x + width / 2} y={HEIGHT - 6} textAnchor="middle">
          {hourOf(hour)}
        </text>
      )}
    </g>
  )
}
