import { Link, useLocation } from '@tanstack/react-router'
import { functionGroups, type PortalFunction } from '#frame/functions.ts'
import { baseOf, type Place, useMay } from '#frame/places.tsx'

export function FunctionMenu({ place }: { readonly place: Place }) {
  const may = useMay()
  const { pathname } = useLocation()
  return functionGroups.map(({ title, functions }) => {
    const shown = functions.filter(({ scope }) => scope === undefined || may(scope))
    if (shown.length === 0) return undefined
    return (
      <div key={title ?? ''} className="function-group">
        {title && <p>{title}</p>}
        <ul aria-label={title}>
          {shown.map((one) => {
            const to = addressOf(one, place)
            // Home is above all others, and is not where they are.
            const here = pathname === to || (one.path !== '' && pathname.startsWith(`${to}/`))
            return (
              <li key={one.path}>
                <Link
                  to={to}
                  activeOptions={{ exact: true }}
                  aria-current={here ? 'page' : undefined}
                  {...(here ? { 'data-here': true } : {})}
                >
                  {one.label}
                </Link>
              </li>
            )
          })}
        </ul>
      </div>
    )
  })
}

function addressOf({ path, ofCompany }: PortalFunction, place: Place): string {
  return ofCompany ? `/${place.company.slug}${path}` : `${baseOf(place)}${path}`
}
