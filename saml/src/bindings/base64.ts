// Strict base64 (RFC 4648 §4). White space between the characters is allowed, nothing else is: no other alphabet, no
// missing padding, no bits left over.

/** The bytes, or undefined where the text is not base64. */
export function decodeBase64(text: string): Buffer | undefined {
  const packed = /[\t\n\r ]/.test(text) ? text.replace(/[\t\n\r ]+/g, '') : text
  const bytes = Buffer.from(packed, 'base64')
  // Node's decoder forgives; encoding what it found shows whether there was anything to forgive.
  return bytes.toString('base64') === packed ? bytes : undefined
}
