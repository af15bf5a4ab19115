/** The directory of an Environment: Teams, Access Profiles, Applications and their Roles. Owns nothing; the API judges. */

import { useHere } from '#api/here.ts'
import { AddEntry, type Entry, EntryDeeds } from '#directory/entry-deeds.tsx'
import { EntryRoles } from '#directory/entry-roles.tsx'
import { useMay } from '#frame/places.tsx'
import { Empty } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { Page, Section } from '#parts/page.tsx'
import { type Column, PagedTable, usePages } from '#parts/table.tsx'
import { directory as text } from '#words/directory.ts'

const kinds = ['teams', 'access-profiles', 'applications'] as const
type Kind = (typeof kinds)[number]

export function DirectoryPage() {
  return (
    <Page title={text.title} intro={text.intro}>
      {kinds.map((kind) => (
        <Entries key={kind} kind={kind} />
      ))}
    </Page>
  )
}

function Entries({ kind }: { readonly kind: Kind }) {
  const here = useHere()
  const may = useMay()('directory:write')
  const { title, empty } = text.kinds[kind]
  const pages = usePages<Entry>(here.key(kind), (cursor) => here.get(kind, { query: { cursor } }))
  const columns: readonly Column<Entry>[] = [
    {
      name: text.name,
      cell: ({ name, standard, userManagement }) => (
        <>
          {name} {standard && <State>{text.standard}</State>}{' '}
          {userManagement === true && <State of="good">{text.userManagement}</State>}
        </>
      ),
    },
    ...(kind === 'applications'
      ? [{ name: text.roles, cell: (entry: Entry) => <EntryRoles application={entry} mayChange={may} /> }]
      : []),
    ...(may
      ? [{ name: text.action, tight: true, cell: (entry: Entry) => <EntryDeeds kind={kind} entry={entry} /> }]
      : []),
  ]
  return (
    <Section title={title} intro={kind === 'applications' ? text.applicationsIntro : undefined}>
      <PagedTable label={title} columns={columns} pages={pages} empty={<Empty title={title} sentence={empty} />} />
      {may && <AddEntry kind={kind} />}
    </Section>
  )
}
