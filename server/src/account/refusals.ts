/** Why personal settings are not saved, or sessions not ended. */
export type Reason =
  | 'account-form'
  | 'account-application'
  | 'account-role'
  | 'account-foreign'
  | 'account-session'
  | 'account-session-foreign'

export type Refusal = { readonly status: number; readonly sentence: string; readonly cure: string }

/** What the person reads: what is wrong, and what to do. */
export function explainRefusal(reason: Reason): Refusal {
  return refusals[reason]
}

const refusals: Readonly<Record<Reason, Refusal>> = {
  'account-form': {
    status: 400,
    sentence: 'Nothing was saved, because the page was not up to date.',
    cure: 'Look at the choices below and save them again.',
  },
  'account-application': {
    status: 400,
    sentence: 'This is not an Application that you have access to.',
    cure: 'Choose one of the list.',
  },
  'account-role': {
    status: 400,
    sentence: 'This is not a role that you have in this Application.',
    cure: 'Choose one of the list.',
  },
  'account-foreign': {
    status: 403,
    sentence: 'Nothing was saved, because the form came from another site.',
    cure: 'Open your account page and save your choices there.',
  },
  'account-session': {
    status: 404,
    sentence: 'You have no such session, or no longer.',
    cure: 'Look at the list below, which is the one of now.',
  },
  'account-session-foreign': {
    status: 403,
    sentence: 'Nothing was ended, because the form came from another site.',
    cure: 'Open the list of your sessions and log out there.',
  },
}

export const reasons = Object.keys(refusals) as readonly Reason[]
