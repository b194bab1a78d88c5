// Before the first paint: "auto" becomes what the system wants. Small and blocking on purpose.
{
  const wish = matchMedia('(prefers-color-scheme: dark)')
  const root = document.documentElement
  root.classList.add('js')
  const follow = () => { root.dataset.bsTheme = wish.matches ? 'dark' : 'light' }
  if (root.dataset.bsTheme === 'auto') {
    follow()
    wish.addEventListener('change', follow)
  }
}
