const CELLS = 30

/** `█████░░░░░  52 %, line 52000 of 100000: …` */
export function progressBar(done: number, all: number, what: string): string {
  const share = all === 0 ? 1 : Math.min(1, done / all)
  const full = Math.floor(share * CELLS)
  const percent = `${Math.floor(share * 100)}`.padStart(3)
  return `${'█'.repeat(full)}${'░'.repeat(CELLS - full)} ${percent} %, ${what}`
}
