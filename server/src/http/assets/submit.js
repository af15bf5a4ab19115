// Sends the one form of the page at once. Without scripts the person presses its button.
document.forms[0].submit()
