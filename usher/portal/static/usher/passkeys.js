// Passkeys: asks the server for a question, the browser for an answer, and sends the form with it. Decides nothing.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }))

const WAYS = {
  show: {
    question: '/sign-in/passkey/question',
    ask: (asked) => navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: named(asked.allowCredentials) } }),
    told: (r) => ({ authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: r.userHandle ? text(r.userHandle) : null }),
  },
  make: {
    question: '/me/security/passkey/question',
    ask: (asked) => navigator.credentials.create({
      publicKey: { ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: named(asked.excludeCredentials) },
    }),
    told: (r) => ({ attestationObject: text(r.attestationObject), transports: r.getTransports ? r.getTransports() : [] }),
  },
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!window.PublicKeyCredential || !window.isSecureContext) continue
  form.hidden = false
  const none = document.querySelector('[data-passkey-none]')
  if (none) none.hidden = true
  form.addEventListener('submit', (event) => { event.preventDefault(); event.stopPropagation(); answer(form) })
}

async function answer(form) {
  const way = WAYS[form.dataset.passkey]
  const button = form.querySelector('button')
  if (button.disabled) return
  button.disabled = true
  form.querySelector('[data-trouble]').hidden = true
  try {
    const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value })
    const said = await fetch(way.question, { method: 'POST', body })
    if (!said.ok) throw new Error(said.status)
    const made = await way.ask((await said.json()).publicKey)
    const response = { clientDataJSON: text(made.response.clientDataJSON), ...way.told(made.response) }
    form.querySelector('[data-answer]').value = JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} })
    form.submit()
  } catch {
    form.querySelector('[data-trouble]').hidden = false
    button.disabled = false
  }
}
