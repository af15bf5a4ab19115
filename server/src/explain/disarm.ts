// A response that was refused has perhaps not been used up: whoever reads it might sign in as its person while it is valid.

/** Identity providers give minutes; nobody takes an answer that is older. */
const VALID_MS = 60 * 60 * 1000

const cut = '[hidden for an hour, as the message might still sign somebody in]'

/** The text as it came, without what makes it good as long as it may be. */
export function disarmed(xml: string, { at, now }: { readonly at: Date; readonly now: Date }): string {
  if (now.getTime() - at.getTime() >= VALID_MS) return xml
  return ['SignatureValue', 'CipherValue'].reduce(withoutContent, xml)
}

/** Forwards only, so that no text takes long; what is not closed is cut to its end. */
function withoutContent(xml: string, name: string): string {
  const opening = new RegExp(`<((?:[\\w.-]+:)?${name})(?=[\\s>])[^<>]*>`, 'g')
  let [shown, from] = ['', 0]
  for (let found = opening.exec(xml); found !== null; found = opening.exec(xml)) {
    const start = opening.lastIndex
    const end = xml.indexOf(`</${found[1]}`, start)
    shown += `${xml.slice(from, start)}${cut}`
    from = end === -1 ? xml.length : end
    opening.lastIndex = from
  }
  return shown + xml.slice(from)
}
