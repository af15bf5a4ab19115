// Every word of the desktop that is not about a trouble (those are in sign-in/troubles.ts).

export const words = {
  title: 'Agent desktop',
  signIn: 'Sign in',
  cancel: 'Cancel',
  looking: 'Looking whether you are signed in to Amazon Connect …',
  intro: 'Sign in to Amazon Connect to take calls and other contacts.',
  introSingleSignOn:
    'A window opens, and closes by itself as soon as you are signed in. Whoever is signed in at their company is not asked again.',
  introLogin: 'A window opens, in which Amazon Connect asks for your user name and password.',
  waiting: 'Waiting for the sign-in window …',
  showWindow: 'Show the window',
  whatDoYouSee: 'What do you see in the sign-in window?',
  sights: {
    panel: 'The Contact Control Panel, or a telephone',
    aws: 'The AWS console, or another page of AWS',
    'aws-error': 'An error of AWS',
    'not-onboarded': '“Access Denied … has not been onboarded”',
    expired: '“Session Expired”',
    company: 'My company’s sign-in page, or an error of it',
    nothing: 'Nothing: there is no window, or it is empty',
  },
  forAdministrator: 'For your administrator',
  code: 'Code',
  windowMayStay: 'You are signed in. If the sign-in window is still open, close it: from here that is not possible.',
  logOut: 'Log out',
  logOutOfConnect: 'Log out of Amazon Connect',
  loggingOut: 'Logging out …',
  signInHere: 'Sign in to {company}',
  menu: 'Your account',
  profile: 'My account',
  sessions: 'My sessions',
  panel: 'Contact Control Panel',
  showPanel: 'Show the Contact Control Panel',
  hidePanel: 'Hide the Contact Control Panel',
  dismiss: 'Got it',
  agent: {
    state: 'State',
    since: 'for {time}',
    changing: 'Changing …',
    changeFailed: 'Amazon Connect did not change the state. Try again.',
    next: 'then {state}',
    routingProfile: 'Routing profile',
  },
  quality: {
    title: 'Connection',
    good: 'good',
    weak: 'weak',
    lost: 'lost',
    offline: 'no network',
    help: {
      good: 'Amazon Connect answers at once.',
      weak: 'Amazon Connect answers late. Calls may sound broken.',
      lost: 'Amazon Connect has not answered for a while. It is tried again all the time.',
      offline: 'This computer has no network. Check the cable or Wi-Fi.',
    },
  },
  contacts: {
    title: 'Contacts',
    none: 'No contacts',
    noneAvailable: 'You get the next contact as soon as there is one.',
    noneOther: 'Choose a state in which you take contacts, such as Available.',
    accept: 'Accept',
    reject: 'Reject',
    hold: 'Hold',
    resume: 'Resume',
    hangUp: 'Hang up',
    clear: 'Close contact',
    failed: 'Amazon Connect did not do that. Try again, or use the Contact Control Panel.',
    kinds: { voice: 'Call', chat: 'Chat', task: 'Task', email: 'E-mail', queue_callback: 'Callback' },
    states: {
      incoming: 'Incoming',
      pending: 'Incoming',
      connecting: 'Ringing',
      connected: 'Connected',
      hold: 'On hold',
      ended: 'After contact work',
      missed: 'Missed',
      error: 'Failed',
      rejected: 'Rejected',
    },
    queue: 'from {queue}',
  },
  softphone: {
    microphone_not_shared:
      'The microphone is not shared. Allow it for this page: look for the sign at the left end of the address bar, then load the page again.',
    unsupported_browser: 'This browser cannot make calls with Amazon Connect. Use a current Chrome, Edge or Firefox.',
    other:
      'The telephone in the browser failed ({code}). Load the page again; if it comes back, tell your administrator the code.',
  },
} as const

/** Braces stand for values. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all)
}
