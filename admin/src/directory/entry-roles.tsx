import { useHere } from '#api/here.ts'
import { AddEntry, type Entry, EntryDeeds } from '#directory/entry-deeds.tsx'
import { Fold } from '#parts/fold.tsx'
import { PagedTable, usePages } from '#parts/table.tsx'
import { directory as text } from '#words/directory.ts'

/** The Roles of one Application. */
export function EntryRoles({ application, mayChange }: { readonly application: Entry; readonly mayChange: boolean }) {
  const here = useHere()
  const query = { 'filter[applicationId]': application.id }
  const pages = usePages<Entry>(here.key('roles', application.id), (cursor) =>
    here.get('roles', { query: { ...query, cursor } }),
  )
  const deeds = { name: text.action, tight: true, cell: (role: Entry) => <EntryDeeds kind="roles" entry={role} /> }
  const columns = [{ name: text.name, cell: ({ name }: Entry) => name }, ...(mayChange ? [deeds] : [])]
  const names = pages.data?.pages.flatMap(({ items }) => items.map(({ name }) => name)) ?? []
  return (
    <Fold summary={names.join(', ') || text.kinds.roles.empty}>
      <PagedTable
        label={text.rolesOf(application.name)}
        columns={columns}
        pages={pages}
        empty={<p className="quiet">{text.kinds.roles.empty}</p>}
      />
      {mayChange && <AddEntry kind="roles" applicationId={application.id} />}
    </Fold>
  )
}
