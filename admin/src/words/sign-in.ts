export const signIn = {
  title: 'Sign in to the administration portal',
  email: 'E-mail address',
  password: 'Password',
  submit: 'Sign in',
  passkey: 'Sign in with a passkey',
  company: 'Sign in through your Company',
  companyLabel: 'Your Company’s short name',
  companyHelp: 'The first part of the address that your people sign in at, such as “acme”.',
  companySubmit: 'Go on to your Company’s sign-in page',
  or: 'or',
  forgotten:
    'No access any more? Ask an owner of your Company for a new link. On the machine itself, “sallyport admin recover” makes one.',
  code: 'Code',
  codeTitle: 'One more proof',
  codeIntro: 'Enter the six digits that your authenticator app shows, or one of your recovery codes.',
  codeSubmit: 'Go on',
  startAgain: 'Start again',
} as const

export const link = {
  titles: {
    'first-run': 'Welcome to Sallyport',
    invitation: 'You are invited',
    recover: 'Choose a new password',
  },
  intros: {
    'first-run': 'You are the first one here. Make your account; you will be the operator, who may do everything.',
    invitation: 'Choose a password, and you are in.',
    recover: 'Your old password, authenticator app and passkeys no longer count.',
  },
  hasAccount: 'You have an account here already, so there is no password to choose.',
  invitedTo: (company: string) => `You will help to administer ${company}.`,
  email: 'E-mail address',
  name: 'Your name',
  password: 'Password',
  passwordHelp: 'At least 12 characters; several words are easy to remember.',
  submit: 'Go on',
  gone: 'This link does not work any more',
  goneCure:
    'Links work once and for a limited time. Ask whoever sent it for a new one, or sign in if you have an account.',
  toSignIn: 'Sign in',
} as const
