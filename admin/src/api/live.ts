import { useEffect, useState } from 'react'

/** `broken`: the browser makes it anew. `refused`: it does not. */
type State = 'off' | 'open' | 'broken' | 'refused'

/** Follows a stream of server-sent events (WHATWG HTML section 9.2); undefined follows nothing. */
export function useLive(address: string | undefined, event: string, came: () => void): State {
  const [state, setState] = useState<State>('off')
  useEffect(() => {
    if (address === undefined) {
      setState('off')
      return
    }
    const source = new EventSource(address)
    source.addEventListener('open', () => setState('open'))
    source.addEventListener('error', () => setState(source.readyState === EventSource.CLOSED ? 'refused' : 'broken'))
    source.addEventListener(event, came)
    return () => source.close()
  }, [address, event, came])
  return state
}
