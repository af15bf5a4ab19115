import { Button, Popover } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { baseOf, type Place, usePlaces } from '#frame/places.tsx'
import { CheckIcon, DownIcon } from '#parts/icons.tsx'
import { frame } from '#words/frame.ts'

/** Which Company and Environment the page is of, and the way to another one. */
export function EnvironmentSelector({ place }: { readonly place: Place | undefined }) {
  const { data } = usePlaces()
  const [opened, setOpened] = useState(false)
  const companies = Map.groupBy(data?.items ?? [], ({ company }) => company.name)
  if (companies.size === 0) return <span className="selector" />
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          className="selector"
          rightSection={<DownIcon />}
          justify="space-between"
          onClick={() => setOpened(!opened)}
          aria-label={place ? `${frame.selector}: ${place.company.name}, ${place.name}` : frame.chooseEnvironment}
        >
          {place ? (
            <>
              <span className="quiet">{place.company.name} </span> <b>{place.name}</b>
            </>
          ) : (
            frame.chooseEnvironment
          )}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className="selector-menu" aria-label={frame.chooseEnvironment}>
        {[...companies].map(([company, places]) => (
          <div key={company} className="function-group">
            <p>{company}</p>
            <ul aria-label={company}>
              {places.map((one) => (
                <li key={one.id}>
                  <Link
                    to={baseOf(one)}
                    onClick={() => setOpened(false)}
                    aria-current={one.id === place?.id ? 'true' : undefined}
                  >
                    {one.name} {one.id === place?.id && <CheckIcon />}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
        <div className="function-group">
          <ul>
            <li>
              <Link to="/companies" onClick={() => setOpened(false)}>
                {frame.companies}
              </Link>
            </li>
          </ul>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
