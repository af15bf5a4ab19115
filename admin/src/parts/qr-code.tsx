import encodeQR from 'qr'
import { useMemo } from 'react'

/** A text to be scanned. `what` says what it is for, to those who do not see it; they need the text beside it. */
export function QrCode({ text, what }: { readonly text: string; readonly what: string }) {
  const rows = useMemo(() => encodeQR(text, 'raw', { ecc: 'medium', border: QUIET_ZONE }), [text])
  return (
    <svg
      className="qr-code"
      viewBox={`0 0 ${rows.length} ${rows.length}`}
      role="img"
      aria-label={what}
      shapeRendering="crispEdges"
    >
      <path d={rows.map(lineOf).join('')} />
    </svg>
  )
}

/** Free modules around the symbol (ISO/IEC 18004, section 5.3.8). */
const QUIET_ZONE = 4

/** The dark modules of a row, those side by side as one stroke. */
function lineOf(row: readonly boolean[], y: number): string {
  let path = ''
  for (let x = 0; x < row.length; x++) {
    const start = x
    while (row[x]) x++
    if (x > start) path += `M${start} ${y}h${x - start}v1h${start - x}z`
  }
  return path
}
