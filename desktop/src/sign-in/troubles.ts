// Everything that can stand between an agent and the panel, in words: what is wrong, and what to do. Codes are stable.

export type Words = {
  readonly title: string
  readonly sentence: string
  /** What the agent does. */
  readonly cure: string
  /** What the administrator does, where the agent cannot mend it. Braces stand for values of this place. */
  readonly administrator?: string
  /** The way on from here. */
  readonly way: 'sign-in' | 'wait' | 'log-out' | 'sallyport'
  /** Not a fault: it is told quietly. */
  readonly calm?: true
}

export const troubles = {
  'window-blocked': {
    title: 'Your browser blocked the sign-in window',
    sentence: 'Amazon Connect signs you in within a window of its own, and the browser did not let it open.',
    cure: 'Press Sign in again. If it is blocked again, allow pop-up windows for this page: look for the sign at the right end of the address bar.',
    administrator: 'Allow pop-up windows for {origin} in the browsers that you manage.',
    way: 'sign-in',
  },
  'window-closed': {
    title: 'The sign-in window was closed too early',
    sentence: 'It is gone, and Amazon Connect has not told us that you are signed in.',
    cure: 'Press Sign in, finish what the window asks, and leave it open: it closes by itself, or this page changes.',
    way: 'sign-in',
  },
  stuck: {
    title: 'This takes longer than it should',
    sentence: 'The sign-in window is open, and Amazon Connect has not told us that you are signed in.',
    cure: 'If the window asks you something, answer it there. Otherwise tell us what you see in it.',
    way: 'wait',
  },
  'cookies-blocked': {
    title: 'Your browser holds back Amazon Connect’s cookies',
    sentence:
      'Amazon Connect is on another site than this page, and this browser keeps cookies of other sites out. So it cannot see here that you are signed in.',
    cure: 'Allow third-party cookies for {instance} in the settings of the browser, then load this page again.',
    administrator: 'In the browsers that you manage, allow third-party cookies for {instance} on {origin}.',
    way: 'wait',
  },
  'origin-not-approved': {
    title: 'Amazon Connect does not show itself on this page',
    sentence: 'You are signed in there, but this page is not among the addresses on which the instance may appear.',
    cure: 'There is nothing that you can do here. Give your administrator this page’s code and the sentence below.',
    administrator:
      'In the AWS console open the instance, then Approved origins, and add {origin} as it stands here, with nothing behind it. If it is there already, compare {instance} with the address in the sign-in window: an instance with two addresses has a session of its own on each.',
    way: 'wait',
  },
  'panel-silent': {
    title: 'The panel is there, but does not answer',
    sentence:
      'You are signed in in the window, but the panel in this page does not know you. That happens where an instance has two addresses, and each has a session of its own.',
    cure: 'Close the window and try once more. If that does not help, give your administrator this page’s code.',
    administrator:
      'Compare the address in the sign-in window with {instance}: enter the one that the instance has now, and let RelayState lead to the same.',
    way: 'wait',
  },
  'wrong-page': {
    title: 'The sign-in ends on the wrong page',
    sentence: 'You are signed in to AWS, but the window did not go on to Amazon Connect.',
    cure: 'There is nothing that you can do here. Give your administrator this page’s code and the sentence below.',
    administrator:
      'Set the RelayState of the Amazon Connect application at your identity provider. The page Amazon Connect Integration makes it for you.',
    way: 'wait',
  },
  'refused-by-aws': {
    title: 'AWS did not take the sign-in',
    sentence: 'Your company’s sign-in page sent you to AWS with something that AWS refused.',
    cure: 'Copy the sentence that AWS shows, and give it to your administrator.',
    administrator:
      'Check a response of your identity provider on the page AWS federation: it says what AWS refuses, why, and what to change.',
    way: 'wait',
  },
  'not-in-amazon-connect': {
    title: 'Amazon Connect does not know you',
    sentence: 'Your company’s sign-in worked, but there is no user with your name in Amazon Connect.',
    cure: 'Ask your administrator to add you as a user there. Then press Sign in again.',
    administrator:
      'Add a user in Amazon Connect whose login name is exactly what your identity provider sends as RoleSessionName{agent}; upper and lower case count.',
    way: 'sign-in',
  },
  'access-denied': {
    title: 'You may not use the panel',
    sentence: 'Amazon Connect knows you, but your security profile there does not include the Contact Control Panel.',
    cure: 'Ask your administrator for a security profile that has it. Then press Sign in again.',
    administrator:
      'In Amazon Connect give the agent a security profile with the permission Contact Control Panel: Access.',
    way: 'sign-in',
  },
  'direct-login': {
    title: 'The window opens a page that cannot sign you in',
    sentence: 'An instance that works with single sign-on shows “Session Expired” on its own login page.',
    cure: 'There is nothing that you can do here. Give your administrator this page’s code and the sentence below.',
    administrator:
      'Switch on Amazon Connect Single Sign-On Behavior enabled, and enter the deep link of your identity provider as Amazon Connect Single Sign-On URL.',
    way: 'wait',
  },
  'not-finished': {
    title: 'Your company’s sign-in page still waits for you',
    sentence: 'The sign-in goes on as soon as that page lets you through.',
    cure: 'Answer what it asks. If it says that you may not use Amazon Connect, ask your administrator for access.',
    administrator: 'Assign the Amazon Connect application to this person at your identity provider.',
    way: 'wait',
  },
  'other-agent': {
    title: 'Amazon Connect has somebody else signed in',
    sentence: 'In this browser Amazon Connect knows {found}, but you are {agent}.',
    cure: 'Log out of Amazon Connect, then sign in again.',
    administrator:
      'If both are the same person, change on the page Amazon Connect Integration what must equal the agent’s name.',
    way: 'log-out',
  },
  'session-expired': {
    title: 'Your Amazon Connect session is over',
    sentence: 'A session there ends after ten hours at the latest, and when somebody ends it.',
    cure: 'Press Sign in to go on.',
    way: 'sign-in',
    calm: true,
  },
  'logged-out': {
    title: 'You are logged out of Amazon Connect',
    sentence: 'You stay signed out until you press Sign in.',
    cure: 'You can close this page.',
    way: 'sign-in',
    calm: true,
  },
  'sallyport-session-over': {
    title: 'Your session here is over',
    sentence: 'So you were logged out of Amazon Connect, too.',
    cure: 'Sign in again to go on.',
    way: 'sallyport',
    calm: true,
  },
} as const satisfies Readonly<Record<string, Words>>

export type Trouble = keyof typeof troubles
