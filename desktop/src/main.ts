// Where the desktop begins, and the one place that reads the browser's clock: everything else has it passed in.
import '#look/desktop.css'
import { startDesktop } from '#desktop.tsx'
import { readSettings } from '#settings.ts'

const place = document.getElementById('desktop')
const settings = readSettings(document.getElementById('settings')?.textContent ?? '')
if (place !== null) startDesktop(place, settings, { clock: () => performance.now(), now: () => new Date() })
