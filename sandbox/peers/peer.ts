/**
 * Identity providers that none of us wrote, started for a test and ended with it: so that Sallyport is judged by
 * programs with other parents. It owns how a peer is described, started and stopped; what is particular to each lies in
 * its own file, and neither knows anything of Sallyport but service provider metadata.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSandboxKey } from '../src/key.ts'
import { lemonldapNg } from './lemonldap-ng.ts'
import { freePort, makeWorkFolder, runPeer } from './peer-process.ts'
import { pysaml2 } from './pysaml2.ts'
import type { PeerLogin, PeerRecipe, PeerSetup, PeerUrls } from './recipe.ts'

const recipes = { 'lemonldap-ng': lemonldapNg, pysaml2 } as const satisfies Record<string, PeerRecipe>

export type PeerKind = keyof typeof recipes
export const peerKinds = Object.keys(recipes) as readonly PeerKind[]

export type Peer = PeerUrls & {
  readonly kind: PeerKind
  readonly metadataXml: string
  readonly login: PeerLogin
  /** Its keys and files, while it runs. */
  readonly workFolder: string
  /** What it has written lately. */
  output(): string
  /** Ends all its processes and removes its files. */
  stop(): Promise<void>
}

/** The people of `users.json`, by their names. A peer signs in each with this password and says these attributes. */
export type PeerUsers = Readonly<
  Record<string, { readonly password: string; readonly attributes: Readonly<Record<string, readonly string[]>> }>
>

const usersFile = join(import.meta.dirname, 'users.json')

export async function readPeerUsers(): Promise<PeerUsers> {
  return JSON.parse(await readFile(usersFile, 'utf8'))
}

/** Whether the packages that `install.sh` brings are there. */
export function peerInstalled(kind: PeerKind): boolean {
  return recipes[kind].isInstalled()
}

/**
 * Starts a peer on a free port of 127.0.0.1 that trusts the given service providers.
 * @param request.options see `options` at the top of the peer's own file
 */
export async function startPeer(
  kind: PeerKind,
  request: {
    readonly serviceProviderMetadata: readonly string[]
    readonly options?: Readonly<Record<string, string>>
  },
): Promise<Peer> {
  const recipe: PeerRecipe = recipes[kind]
  const port = await freePort()
  const urls = recipe.urls(`http://127.0.0.1:${port}`)
  const options = completeOptions(kind, recipe, request.options ?? {})
  const workFolder = await makeWorkFolder(kind)
  try {
    const metadata = request.serviceProviderMetadata
    const setup = await prepareFolder({ kind, workFolder, port, options, metadata })
    const running = await runPeer(workFolder, { ...(await recipe.prepare(setup)), readyUrl: urls.metadataUrl })
    const { readyBody: metadataXml, output, stop } = running
    return { ...urls, kind, metadataXml, login: recipe.login, workFolder, output, stop }
  } catch (error) {
    await rm(workFolder, { recursive: true, force: true })
    throw error
  }
}

async function prepareFolder(given: {
  readonly kind: PeerKind
  readonly workFolder: string
  readonly port: number
  readonly options: Readonly<Record<string, string>>
  readonly metadata: readonly string[]
}): Promise<PeerSetup> {
  const folder = join(given.workFolder, 'service-providers')
  await mkdir(folder)
  const serviceProviderFiles = given.metadata.map((_, index) => join(folder, `${index}.xml`))
  await Promise.all(serviceProviderFiles.map((file, index) => writeFile(file, given.metadata[index] ?? '')))
  const users = await readPeerUsers()
  const { keyPem, certificatePem } = await createSandboxKey({
    clock: () => new Date('2026-01-01T00:00:00Z'), // valid for ten years from here
    chance: { bytes: (size) => new Uint8Array(size).fill(given.port % 256) }, // only the serial number is made of it
    commonName: `${given.kind} at port ${given.port}`,
  })
  return {
    workFolder: given.workFolder,
    port: given.port,
    baseUrl: `http://127.0.0.1:${given.port}`,
    keyPem,
    certificatePem,
    usersFile,
    attributeNames: [...new Set(Object.values(users).flatMap((user) => Object.keys(user.attributes)))].sort(),
    serviceProviderMetadata: given.metadata,
    serviceProviderFiles,
    options: given.options,
  }
}

function completeOptions(
  kind: PeerKind,
  recipe: PeerRecipe,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(given)) {
    const allowed = recipe.options[name]
    if (allowed === undefined) {
      throw new Error(`${kind} has no option ${name}; it has ${Object.keys(recipe.options).join(', ')}`)
    }
    if (!allowed.includes(value)) throw new Error(`${kind}: ${name} is ${value}, but may be ${allowed.join(', ')}`)
  }
  const defaults = Object.entries(recipe.options).map(([name, values]) => [name, values[0] ?? ''])
  return { ...Object.fromEntries(defaults), ...given }
}
