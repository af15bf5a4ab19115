import type { ReactNode } from 'react'

/** Drawn with the colour of the text around; never the only thing that says what something does. */
function Icon({ children, size = 18 }: { readonly children: ReactNode; readonly size?: number }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  )
}

export function MarkIcon({ size = 26 }: { readonly size?: number }) {
  return (
    <svg className="mark" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" focusable="false">
      <path d="M3 22V11a9 9 0 0 1 18 0v11h-5V11.5a4 4 0 0 0-8 0V22z" fill="currentColor" />
    </svg>
  )
}

export const CopyIcon = () => (
  <Icon size={16}>
    <rect x="8" y="8" width="12" height="12" rx="2" />
    <path d="M16 8V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h2" />
  </Icon>
)

export const CheckIcon = () => (
  <Icon size={16}>
    <path d="M5 12.5l4.5 4.5L19 7.5" />
  </Icon>
)

export const MenuIcon = () => (
  <Icon>
    <path d="M4 7h16M4 12h16M4 17h16" />
  </Icon>
)

export const DownIcon = () => (
  <Icon size={16}>
    <path d="M6 9.5l6 6 6-6" />
  </Icon>
)

export const PersonIcon = () => (
  <Icon>
    <circle cx="12" cy="8" r="4" />
    <path d="M4.5 20c1-4 4-6 7.5-6s6.5 2 7.5 6" />
  </Icon>
)

export const WarningIcon = () => (
  <Icon>
    <path d="M12 4l9 16H3z" />
    <path d="M12 10v4.5M12 17.3v.2" />
  </Icon>
)

export const EmptyIcon = () => (
  <Icon size={40}>
    <path d="M4 20V11a8 8 0 0 1 16 0v9" />
    <path d="M9 20v-8a3 3 0 0 1 6 0v8" />
    <path d="M2.5 20h19" />
  </Icon>
)
