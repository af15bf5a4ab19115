// When a script that has children is to stop: on Ctrl-C, on SIGTERM, when its terminal closes, and when npm is gone.

/** Calls `stop` at every such sign: Ctrl-C may come several times. */
export function onStop(stop: (signal: NodeJS.Signals) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      clearInterval(watch)
      stop(signal)
    })
  }
  const watch = watchParent(() => stop('SIGTERM'))
}

// Told to terminate, npm ends its shell but not what the shell started: that then finds itself with another parent.
function watchParent(gone: () => void): NodeJS.Timeout | undefined {
  if (process.env.npm_lifecycle_event === undefined) return undefined
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    gone()
  }, 200)
  return watch.unref()
}
