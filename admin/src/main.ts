// Where the portal begins, and the one place that reads the browser's clock: everything else has it passed in.
import '@mantine/core/styles.layer.css'
import '#look/portal.css'
import { startPortal } from '#portal.tsx'

const place = document.getElementById('portal')
if (place !== null) startPortal(place, { clock: () => new Date() })
