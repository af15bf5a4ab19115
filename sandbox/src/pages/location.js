// The fragment of an address never reaches a server: shows it, and carries it through sign-in.
const shown = document.getElementById('fragment')
const signIn = document.getElementById('sign-in')

function show() {
  if (shown) shown.textContent = location.hash || '(none)'
  if (!signIn) return
  const address = new URL(signIn.href)
  address.searchParams.set('done', location.href)
  signIn.href = address.href
}

show()
addEventListener('hashchange', show)
