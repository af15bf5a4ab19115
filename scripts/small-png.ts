// Makes a browser's screenshot small: at most 64 colours, each pixel a number into a palette. Pages have few colours, so
// nobody sees the difference, and a picture takes a quarter of the space.
import { crc32, deflateSync, inflateSync } from 'node:zlib'

type Pixels = { readonly width: number; readonly height: number; readonly rgb: Uint8Array }

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const mostColours = 64

export function smallPng(png: Buffer): Buffer {
  const { width, height, rgb } = readPng(png)
  const palette = paletteOf(rgb)
  const lines = Buffer.alloc(height * (width + 1)) // each line begins with its filter, here none (PNG 9.2)
  const nearest = new Map<number, number>()
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = colourAt(rgb, (y * width + x) * 3)
      const number = nearest.get(colour) ?? nearestIn(palette, colour)
      nearest.set(colour, number)
      lines[y * (width + 1) + 1 + x] = number
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8) // 8 bits a pixel, indexed (PNG 11.2.2)
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(lines, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** What Chromium writes: 8 bits a channel, with or without alpha, not interlaced. Alpha is left out. */
export function readPng(png: Buffer): Pixels {
  if (!png.subarray(0, 8).equals(signature)) throw new Error('this is no PNG')
  let header = Buffer.alloc(13)
  let palette = Buffer.alloc(0)
  const data: Buffer[] = []
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    const body = png.subarray(at + 8, at + 8 + length)
    if (type === 'IHDR') header = Buffer.from(body)
    if (type === 'PLTE') palette = Buffer.from(body)
    if (type === 'IDAT') data.push(body)
    at += 12 + length
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const [depth, kind, , , interlaced] = header.subarray(8)
  const channels = { 2: 3, 3: 1, 6: 4 }[kind ?? 0]
  if (depth !== 8 || channels === undefined || interlaced !== 0) throw new Error('this kind of PNG is not read here')
  const plain = unfilter(inflateSync(Buffer.concat(data)), { width, height, channels })
  const rgb = new Uint8Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = channels === 1 ? palette : plain
    const at = channels === 1 ? (plain[pixel] ?? 0) * 3 : pixel * channels
    for (let channel = 0; channel < 3; channel++) rgb[pixel * 3 + channel] = from[at + channel] ?? 0
  }
  return { width, height, rgb }
}

/** Each line was written as differences to its left, to the line above, or to both (PNG 9.2). */
function unfilter(
  lines: Buffer,
  { width, height, channels }: { readonly width: number; readonly height: number; readonly channels: number },
): Buffer {
  const length = width * channels
  const plain = Buffer.alloc(height * length)
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (length + 1)] ?? 0
    for (let x = 0; x < length; x++) {
      const left = x < channels ? 0 : (plain[y * length + x - channels] ?? 0)
      const above = y === 0 ? 0 : (plain[(y - 1) * length + x] ?? 0)
      const corner = x < channels || y === 0 ? 0 : (plain[(y - 1) * length + x - channels] ?? 0)
      const expected = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] ?? 0
      plain[y * length + x] = (lines[y * (length + 1) + 1 + x] ?? 0) + expected
    }
  }
  return plain
}

function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)]
  if (a <= b && a <= c) return left
  return b <= c ? above : corner
}

/** The commonest colours: text and lines are drawn in few, and what lies between them is the rim of letters. */
function paletteOf(rgb: Uint8Array): readonly number[] {
  const counts = new Map<number, number>()
  for (let at = 0; at < rgb.length; at += 3) {
    const colour = colourAt(rgb, at)
    counts.set(colour, (counts.get(colour) ?? 0) + 1)
  }
  const chosen: number[] = []
  for (const [colour] of [...counts].sort(([a, n], [b, m]) => m - n || a - b)) {
    if (chosen.length === mostColours) break
    // Further colours must differ to the eye, or the shades of grey would take all the places.
    if (chosen.every((other) => distance(other, colour) > 150)) chosen.push(colour)
  }
  return chosen
}

function nearestIn(palette: readonly number[], colour: number): number {
  let best = 0
  for (const [number, other] of palette.entries())
    if (distance(other, colour) < distance(palette[best] ?? 0, colour)) best = number
  return best
}

const colourAt = (rgb: Uint8Array, at: number): number =>
  ((rgb[at] ?? 0) << 16) | ((rgb[at + 1] ?? 0) << 8) | (rgb[at + 2] ?? 0)

function distance(one: number, other: number): number {
  const red = (one >> 16) - (other >> 16)
  const green = ((one >> 8) & 255) - ((other >> 8) & 255)
  const blue = (one & 255) - (other & 255)
  return red * red + green * green + blue * blue
}

function chunk(type: string, body: Buffer): Buffer {
  const whole = Buffer.alloc(body.length + 12)
  whole.writeUInt32BE(body.length, 0)
  whole.write(type, 4, 'latin1')
  body.copy(whole, 8)
  whole.writeUInt32BE(crc32(whole.subarray(4, body.length + 8)), body.length + 8)
  return whole
}
