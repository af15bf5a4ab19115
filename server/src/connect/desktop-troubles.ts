// What can stand in agents' way at the desktop, in words for administrators. The codes are those that the desktop tells of:
// desktop/src/sign-in/troubles.ts has what agents read.

export const desktopTroubles = {
  'window-blocked': {
    title: 'The browser blocked the sign-in window',
    cure: 'In the browsers that you manage, allow pop-up windows for Sallyport’s origin.',
  },
  'window-closed': {
    title: 'The sign-in window was closed too early',
    cure: 'Tell agents to leave the window open until it closes by itself. Where many close it, press Test and see what it asks them.',
  },
  stuck: {
    title: 'Amazon Connect did not answer in time',
    cure: 'Press Test and see where the window stops. Where it is only slow, raise the seconds until “stuck”.',
  },
  'cookies-blocked': {
    title: 'The browser held back Amazon Connect’s cookies',
    cure: 'In the browsers that you manage, allow third-party cookies for the instance on Sallyport’s origin.',
  },
  'origin-not-approved': {
    title: 'Amazon Connect did not show itself on the desktop',
    cure: 'Add Sallyport’s origin to the approved origins of the instance, with nothing behind it.',
  },
  'panel-silent': {
    title: 'The panel was there, but did not answer',
    cure: 'Enter the address that the instance has now, and let RelayState lead to the same one.',
  },
  'wrong-page': {
    title: 'The sign-in ended on another page of AWS',
    cure: 'Enter the RelayState of this Environment in the application at your identity provider.',
  },
  'refused-by-aws': {
    title: 'AWS refused the sign-in',
    cure: 'Check a response of your identity provider: it is said what AWS refuses, and what to change.',
  },
  'not-in-amazon-connect': {
    title: 'Amazon Connect did not know the person',
    cure: 'Add a user in Amazon Connect whose login name is exactly what your identity provider sends as RoleSessionName.',
  },
  'access-denied': {
    title: 'The person was not allowed to use the panel',
    cure: 'In Amazon Connect, give agents a security profile with the permission Contact Control Panel: Access.',
  },
  'direct-login': {
    title: 'The window opened a login page that signs nobody in',
    cure: 'Switch on Amazon Connect Single Sign-On Behavior enabled, and enter your identity provider’s deep link.',
  },
  'not-finished': {
    title: 'The company’s sign-in page still waited',
    cure: 'At your identity provider, assign the application for Amazon Connect to all agents.',
  },
  'other-agent': {
    title: 'Somebody else was signed in to Amazon Connect',
    cure: 'Let agents who share a computer log out when they leave. Where both are one person, change what must equal the agent’s name.',
  },
  'session-expired': {
    title: 'The session at Amazon Connect was over',
    cure: 'Nothing, where that was after ten hours. Where it was sooner, let your identity provider send a longer SessionDuration.',
  },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly cure: string }>>

export type DesktopTrouble = keyof typeof desktopTroubles

export const desktopTroubleCodes = Object.keys(desktopTroubles) as readonly DesktopTrouble[]
