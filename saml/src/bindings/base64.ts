// Strict base64 (RFC 4648 §4). White space between the characters is allowed, nothing else is: no other alphabet, no
// missing padding, no bits left over.

/** The bytes, or undefined where the text is not base64. */
export function decodeBase64(text: string): Buffer | undefined {
  return strictly(text) ?? strictly(text.replace(/[\t\n\r ]+/g, ''))
}

/** The same text without white space, or undefined where it is not base64. */
export function packedBase64(text: string): string | undefined {
  if (strictly(text) !== undefined) return text
  const packed = text.replace(/[\t\n\r ]+/g, '')
  return strictly(packed) === undefined ? undefined : packed
}

// Node's decoder forgives; encoding what it found shows whether there was anything to forgive.
function strictly(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
