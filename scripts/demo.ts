// The demo Company that `npm start` brings: writes its configuration into the data folder, and applies it to the
// database, both only when there is something new. The configuration itself is sandbox/demo/sallyport.yaml; it is a
// template, because addresses and the data folder differ from start to start.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type DemoSettings = {
  readonly template: string // path of the YAML file
  readonly data: string // folder
  readonly databaseUrl: string
  readonly placeholders: Readonly<Record<string, string>>
  /** The folder in which the sandbox keeps its keys: without them the metadata written earlier is worth nothing. */
  readonly sandboxData: string
}

/** The programs that the preparation needs, as functions: they resolve to what the program printed. */
export type DemoPrograms = {
  readonly sandboxMetadata: () => Promise<string>
  readonly apply: (file: string) => Promise<string>
}

/** Says whether there was anything to do. */
export async function prepareDemo(settings: DemoSettings, programs: DemoPrograms): Promise<boolean> {
  const yaml = fillIn(readFileSync(settings.template, 'utf8'), settings.placeholders)
  // Which configuration went into which database. The database's address may hold a password: only its hash is kept.
  const state = createHash('sha256')
    .update(JSON.stringify([yaml, settings.databaseUrl]))
    .digest('hex')
  const files = {
    applied: join(settings.data, 'demo.applied'),
    yaml: join(settings.data, 'demo.yaml'),
    metadata: join(settings.data, 'metadata.xml'), // the template names it: `metadataFile: metadata.xml`
  }
  const needed = [files.applied, files.metadata, settings.sandboxData, ...sqliteFile(settings.databaseUrl)]
  if (needed.every((file) => existsSync(file)) && readFileSync(files.applied, 'utf8') === state) return false
  writeFileSync(files.metadata, await programs.sandboxMetadata())
  writeFileSync(files.yaml, yaml)
  await programs.apply(files.yaml)
  writeFileSync(files.applied, state)
  return true
}

function fillIn(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\$\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder)
}

// A database file that somebody deleted is to be filled again.
function sqliteFile(url: string): string[] {
  return url.startsWith('sqlite:') ? [url.slice('sqlite:'.length)] : []
}
