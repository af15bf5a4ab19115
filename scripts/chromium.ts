// The browser that the flows are tested with: where it is, how to get it, how to start it. Any Chromium of the machine
// serves; none is ever downloaded but by the system's own package manager.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/** For `playwright-core`: `chromium.launch({ executablePath: findChromium(), args: chromiumArguments })`. */
export const chromiumArguments: readonly string[] = [
  '--no-sandbox', // Chromium refuses to run as root with its sandbox; the tests open their own pages only
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  // No traffic of the browser's own: a test sees its own requests and nothing else.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The program file of a Chromium, or undefined. SALLYPORT_CHROMIUM names one that is to be used before all others. */
export function findChromium(): string | undefined {
  const named = process.env.SALLYPORT_CHROMIUM
  return named ? named : usualPlaces().find((file) => existsSync(file))
}

/**
 * Like findChromium, and on Debian and its relatives, as root, installs it first when it is absent. Where that is not
 * possible prints what to install, and returns undefined.
 */
export function ensureChromium(): string | undefined {
  const found = findChromium()
  if (found) return found
  if (canUseApt()) {
    console.log('Installing Chromium for the browser tests (apt-get) …')
    const problem = installWithApt()
    const installed = findChromium()
    if (installed) return installed
    console.error(problem)
  }
  console.error(advice())
  return undefined
}

function usualPlaces(): string[] {
  if (process.platform === 'darwin') {
    const programs = ['Google Chrome.app/Contents/MacOS/Google Chrome', 'Chromium.app/Contents/MacOS/Chromium']
    return ['/Applications', join(homedir(), 'Applications')].flatMap((f) =>
      programs.map((program) => join(f, program)),
    )
  }
  if (process.platform === 'win32') {
    const { ProgramFiles, 'ProgramFiles(x86)': x86, LOCALAPPDATA } = process.env
    const folders = [ProgramFiles, x86, LOCALAPPDATA].filter((folder) => folder !== undefined)
    // Edge is a Chromium too, and on every Windows.
    const programs = [
      'Google/Chrome/Application/chrome.exe',
      'Chromium/Application/chrome.exe',
      'Microsoft/Edge/Application/msedge.exe',
    ]
    return programs.flatMap((program) => folders.map((folder) => join(folder, program)))
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin']
  return names.flatMap((name) => folders.filter((folder) => folder !== '').map((folder) => join(folder, name)))
}

function canUseApt(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
}

// Returns what went wrong, or the empty string.
function installWithApt(): string {
  const apt = (...command: string[]) => {
    const options = { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const
    const run = spawnSync('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...command], options)
    return run.status === 0 ? '' : run.stderr
  }
  const install = () => apt('install', '-y', '--no-install-recommends', 'chromium')
  // Package lists are absent in fresh containers and go stale elsewhere: both show as a failed install.
  return install() && (apt('update') || install())
}

function advice(): string {
  const first = 'The browser tests need Chromium, and there is none here.'
  const last = 'If there is one in an unusual place, name its program file in SALLYPORT_CHROMIUM.'
  if (process.platform === 'darwin') return `${first} Install it with: brew install --cask google-chrome. ${last}`
  if (process.platform === 'win32') return `${first} Install it with: winget install Google.Chrome. ${last}`
  if (existsSync('/usr/bin/apt-get')) return `${first} Install it with: sudo apt-get install chromium. ${last}`
  return `${first} Install the package chromium with your system's package manager. ${last}`
}
