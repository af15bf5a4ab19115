/**
 * Every word that the portal shows, a file for each part of it, as plain objects: a translation is another set of them.
 *
 * This file has the words of the parts that all pages are made of. Must not know anything.
 */

export const words = {
  copy: 'Copy',
  copied: 'Copied',
  copiedWhat: (what: string) => `${what} is copied`,
  copyWhat: (what: string) => `Copy ${what}`,
  tryAgain: 'Try again',
  code: 'Code',
  loading: 'Loading',
  more: 'Load more',
  loadingMore: 'Loading more',
  shown: (count: number, more: boolean) =>
    more ? `${count} shown, and there are more` : `${count} ${count === 1 ? 'entry' : 'entries'}`,
  cancel: 'Cancel',
  save: 'Save',
  saved: 'Saved.',
  edit: 'Edit',
  remove: 'Remove',
  close: 'Close',
  none: 'None',
  yes: 'Yes',
  no: 'No',
  search: 'Search',
  typeToConfirm: (word: string) => `Type ${word} to confirm`,
  showPassword: 'Show or hide what is typed',
  dismiss: 'Close this message',
  unsaved: 'Leave without saving?',
  unsavedWhat: 'What you have entered here is not saved, and will be lost.',
  stay: 'Stay here',
  leave: 'Leave it',
  otherFields: 'Also:',
  mayNot: 'Your role does not allow this',
} as const
