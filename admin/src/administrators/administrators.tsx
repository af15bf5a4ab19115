/**
 * Who administers a Company: the list, invitations, roles; its own single sign-on for them; what was changed of it.
 *
 * Owns these pages alone: who may change what, the API says.
 */

import { useQuery } from '@tanstack/react-query'
import { CompanySignIn } from '#administrators/company-sign-in.tsx'
import { InviteButton } from '#administrators/invite.tsx'
import { MemberDeeds } from '#administrators/member-deeds.tsx'
import { ADDRESS, keyOf, type Member } from '#administrators/members.ts'
import { useApi } from '#api/api.tsx'
import { useMe } from '#api/me.ts'
import { auditColumns } from '#audit/audit.tsx'
import { useCompany, useMayIn, usePlaces } from '#frame/places.tsx'
import { Empty, Loaded } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { Page, Section } from '#parts/page.tsx'
import { type Column, PagedTable, Table, usePages } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { companyAudit, companySignIn, administrators as text } from '#words/administrators.ts'
import { frame } from '#words/frame.ts'

export function AdministratorsPage() {
  const company = useCompany()
  const may = useMayIn(company.id)
  return (
    <Page
      title={text.title}
      intro={text.intro(company.name)}
      actions={may('company:write') && <InviteButton company={company} />}
    >
      <Section title={text.list} intro={text.listIntro}>
        <Members />
      </Section>
      <Section title={companySignIn.title} intro={companySignIn.intro}>
        <CompanySignIn company={company} />
      </Section>
      <Section title={companyAudit.title} intro={companyAudit.intro}>
        <CompanyAudit />
      </Section>
    </Page>
  )
}

function Members() {
  const api = useApi()
  const company = useCompany()
  const may = useMayIn(company.id)
  const names = useEnvironmentNames(company.id)
  const { data: me } = useMe()
  const query = useQuery({
    queryKey: keyOf(company.id, 'administrators'),
    queryFn: () => api.get(ADDRESS, { path: { companyId: company.id } }),
  })
  return (
    <Loaded query={query}>
      {({ items }) => (
        <Table
          label={text.title}
          columns={[
            ...columnsOf(names, me?.administrator.id),
            ...(may('company:write') ? [deedColumn(items, me?.administrator.id)] : []),
          ]}
          rows={items}
        />
      )}
    </Loaded>
  )
}

/** Of those that whoever is signed in may see. */
function useEnvironmentNames(companyId: string): ReadonlyMap<string, string> {
  const { data } = usePlaces()
  const own = (data?.items ?? []).filter(({ company }) => company.id === companyId)
  return new Map(own.map(({ id, name }) => [id, name]))
}

function columnsOf(names: ReadonlyMap<string, string>, myId: string | undefined): readonly Column<Member>[] {
  const { columns } = text
  return [
    { name: columns.who, cell: (member) => <Who member={member} mine={member.id === myId} /> },
    { name: columns.role, tight: true, cell: ({ role }) => frame.roles[role] },
    { name: columns.environments, cell: ({ environments }) => inWords(environments, names) },
    {
      name: columns.secondStep,
      tight: true,
      cell: ({ hasSecondStep }) =>
        hasSecondStep === null ? text.secondStep.unknown : text.secondStep[hasSecondStep ? 'yes' : 'no'],
    },
    { name: columns.seen, tight: true, cell: (member) => <Seen member={member} /> },
  ]
}

function deedColumn(all: readonly Member[], myId: string | undefined): Column<Member> {
  const left = all.filter(({ state }) => state === 'active').length - 1
  return {
    name: text.columns.deed,
    tight: true,
    cell: (member) => <MemberDeeds member={member} left={left} mine={member.id === myId} />,
  }
}

function Who({ member: { name, email, state }, mine }: { readonly member: Member; readonly mine: boolean }) {
  return (
    <>
      <b>{name || email}</b> {mine && <State of="good">{text.you}</State>}{' '}
      {state === 'invited' && <State>{text.invited}</State>}
      {name && <span className="origin">{email}</span>}
    </>
  )
}

function Seen({ member: { lastSignInAt, invitedUntil } }: { readonly member: Member }) {
  if (invitedUntil !== null) {
    return (
      <>
        {text.linkUntil} <Time at={invitedUntil} />
      </>
    )
  }
  return lastSignInAt === null ? text.never : <Time at={lastSignInAt} />
}

function inWords(environments: readonly string[] | null, names: ReadonlyMap<string, string>): string {
  if (environments === null) return text.all
  const known = environments.flatMap((id) => names.get(id) ?? [])
  const hidden = environments.length - known.length
  return [...known, ...(hidden > 0 ? [text.hidden(hidden)] : [])].join(', ')
}

function CompanyAudit() {
  const api = useApi()
  const company = useCompany()
  const pages = usePages(keyOf(company.id, 'audit'), (cursor) =>
    api.get('/api/v1/companies/{companyId}/audit', { path: { companyId: company.id }, query: { cursor, limit: 20 } }),
  )
  return (
    <PagedTable
      label={companyAudit.title}
      columns={auditColumns}
      pages={pages}
      empty={<Empty title={companyAudit.emptyTitle} sentence={companyAudit.empty} />}
    />
  )
}
