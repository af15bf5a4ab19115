/**
 * The frame of every page of somebody who is signed in: top bar with the Environment selector, function menu.
 *
 * Owns which functions there are and who sees them named. Must not know what their pages show.
 */

import { ActionIcon, Button, Drawer } from '@mantine/core'
import { Link, useLocation } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { AccountMenu } from '#frame/account-menu.tsx'
import { EnvironmentSelector } from '#frame/environment-selector.tsx'
import { FunctionMenu } from '#frame/function-menu.tsx'
import type { Place } from '#frame/places.tsx'
import { MarkIcon, MenuIcon } from '#parts/icons.tsx'
import { NoticeProvider } from '#parts/notice.tsx'
import { frame } from '#words/frame.ts'

/** @param place the Environment that the page is of; absent on pages of the account */
export function Frame({ place, children }: { readonly place?: Place | undefined; readonly children: ReactNode }) {
  const [opened, setOpened] = useState(false)
  const { pathname } = useLocation()
  // Whoever followed a link of the menu wants to see the page.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the address that closes it
  useEffect(() => setOpened(false), [pathname])
  return (
    <NoticeProvider>
      <a href="#content" className="skip">
        {frame.skip}
      </a>
      <header className="bar">
        {place && (
          <ActionIcon
            variant="subtle"
            color="quiet"
            size="lg"
            className="bar-menu"
            aria-label={frame.menu}
            onClick={() => setOpened(true)}
          >
            <MenuIcon />
          </ActionIcon>
        )}
        <Button
          component={Link}
          to="/"
          variant="transparent"
          className="bar-mark"
          aria-label={frame.product}
          leftSection={<MarkIcon />}
        >
          {frame.product}
        </Button>
        <EnvironmentSelector place={place} />
        <AccountMenu />
      </header>
      <div className="below">
        {place && (
          <nav className="functions" aria-label={frame.functions}>
            <FunctionMenu place={place} />
          </nav>
        )}
        <main id="content" tabIndex={-1}>
          {children}
        </main>
      </div>
      {place && (
        <Drawer
          opened={opened}
          onClose={() => setOpened(false)}
          size={304}
          title={frame.menu}
          closeButtonProps={{ 'aria-label': frame.closeMenu }}
        >
          <nav aria-label={frame.functions}>
            <FunctionMenu place={place} />
          </nav>
        </Drawer>
      )}
    </NoticeProvider>
  )
}
