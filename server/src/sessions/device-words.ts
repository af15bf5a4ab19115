// What a User-Agent (RFC 9110 section 10.1.5) says, in words. Browsers name one another in it, so the order decides.

/** No word is looked for beyond; the header may be as long as a sender likes. */
const READ = 512

const browsers: readonly (readonly [name: string, token: RegExp])[] = [
  ['Edge', /\bEdg(e|A|iOS)?\//],
  ['Opera', /\bOPR\/|\bOPiOS\/|^Opera\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Vivaldi', /\bVivaldi\//],
  ['Yandex Browser', /\bYaBrowser\//],
  ['DuckDuckGo', /\b(Ddg|DuckDuckGo)\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Internet Explorer', /\bMSIE |\bTrident\//],
  ['Chrome', /\b(Chrome|Chromium|CriOS|HeadlessChrome)\//],
  ['Safari', /\bSafari\//],
]

const systems: readonly (readonly [name: string, token: RegExp])[] = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b|\bMacintosh\b/],
  ['Linux', /\bLinux\b|\bX11\b/],
]

/** `Firefox on Windows`, `a program (curl)`; 60 characters at most, whatever somebody sent. */
export function deviceInWords(userAgent: string | undefined): string {
  const text = (userAgent ?? '').slice(0, READ).trim()
  if (text === '') return 'an unknown device'
  const program = programIn(text)
  if (program !== undefined) return program
  const browser = nameIn(browsers, text) ?? 'a browser'
  const system = nameIn(systems, text)
  return system === undefined ? browser : `${browser} on ${system}`
}

function nameIn(table: readonly (readonly [name: string, token: RegExp])[], text: string): string | undefined {
  return table.find(([, token]) => token.test(text))?.[0]
}

/** Browsers begin with Mozilla, all of them; other programs with their own names, or they say so behind “compatible”. */
function programIn(text: string): string | undefined {
  const compatible = /\(compatible; ([A-Za-z][A-Za-z0-9._-]{0,39})(?![A-Za-z0-9._-])/.exec(text)?.[1]
  if (compatible !== undefined && compatible !== 'MSIE') return `a program (${compatible})`
  if (/^(Mozilla|Opera)\//.test(text)) return undefined
  const name = /^([A-Za-z][A-Za-z0-9._-]{0,39})(?![A-Za-z0-9._-])/.exec(text)?.[1]
  return name === undefined ? 'a program' : `a program (${name})`
}
