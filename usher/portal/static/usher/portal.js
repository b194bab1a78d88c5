// What makes the portal quicker. Everything works without it; nothing here decides anything. One file past 300 lines, because a page asks for it once.
const $ = (what, from = document) => from.querySelector(what)
const $$ = (what, from = document) => [...from.querySelectorAll(what)]
const words = document.body.dataset

// 1. One press is one request: a sent form is busy, and a second press does nothing.
addEventListener('submit', (event) => {
  const form = event.target
  if (form.method === 'dialog' || form.hasAttribute('hx-get')) return
  if (form.dataset.sent) return event.preventDefault()
  form.dataset.sent = '1'
  const button = event.submitter
  if (button) button.setAttribute('aria-busy', 'true')
})
addEventListener('pageshow', freshen)
addEventListener('htmx:afterRequest', (event) => { freshen(); if (event.detail.elt.closest('form')) delete event.detail.elt.closest('form').dataset.sent })
function freshen() {
  for (const form of $$('form[data-sent]')) if (!form.hasAttribute('hx-post')) delete form.dataset.sent
  for (const button of $$('[aria-busy="true"]')) button.removeAttribute('aria-busy')
}
for (const kind of ['sendError', 'timeout']) addEventListener('htmx:' + kind, () => say(words.noAnswer, true))

// 2. Dialogs: htmx fills #dialog, we open it; leaving a changed form asks once.
addEventListener('htmx:afterSwap', (event) => {
  const dialog = event.detail.target
  if (dialog.id !== 'dialog') return
  if (!dialog.open) dialog.showModal()
  enhance(dialog)
  const first = $('[aria-invalid="true"]:not([hidden])', dialog) || $('.body input:not([type=hidden]), .body textarea:not([hidden])', dialog)
  if (first) first.focus()
})
function leave(dialog) {
  const typed = $('form[data-typed]', dialog)
  if (typed && !confirm(typed.dataset.discard || words.discard)) return
  dialog.close()
  if (dialog.id === 'dialog') dialog.replaceChildren()
}
addEventListener('input', (event) => { const form = event.target.closest('#dialog form'); if (form) form.dataset.typed = '1' })
addEventListener('cancel', (event) => { if (event.target.matches('dialog')) { event.preventDefault(); leave(event.target) } }, true)

// 3. Clicks: what opens, closes, dismisses; a whole row is its link.
addEventListener('click', (event) => {
  const at = event.target
  const opener = at.closest('[data-open]')
  if (opener) $('#' + opener.dataset.open).showModal()
  if (at.closest('[data-close]')) { event.preventDefault(); leave(at.closest('dialog')) }
  const copy = at.closest('[data-copy]')
  if (copy) copied(copy)
  if (at.closest('[data-dismiss]')) at.closest('.u-toast').remove()
  if (at.matches('dialog')) leave(at)
  for (const menu of $$('details.u-drop[open]')) if (!menu.contains(at)) menu.open = false
  const row = at.closest('tr[data-href]')
  if (row && !at.closest('a, button, input, label, summary, .u-menu') && !getSelection().toString()) location.href = row.dataset.href
})

function copied(what) {
  const text = what.dataset.copy
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => say(words.copied.replace('%', text)))
  else getSelection().selectAllChildren(what)  // without https the browser keeps its clipboard to itself
}

// 4. Notices leave by themselves, unless somebody is at them or they are bad news.
function say(words, bad = false) {
  const toast = document.createElement('div')
  toast.className = 'u-toast' + (bad ? ' bad' : '')
  toast.textContent = words
  if (!bad) toast.dataset.leaves = ''
  $('#notices')?.append(toast)
  settle(toast)
}
addEventListener('htmx:beforeRequest', (event) => { if (event.detail.elt.id === 'running' && $('.u-toast[data-leaves]:is(:hover, :focus-within)', event.detail.elt)) event.preventDefault() }) // what is done waits for whoever is at it
function settle(toast) {
  if (!('leaves' in toast.dataset)) return
  const timer = setInterval(() => { if (!toast.matches(':hover, :focus-within')) { toast.remove(); clearInterval(timer) } }, 12000)
}

// 5. The selection lives in the address: sel= the hand-picked, or all=1 with except=. More than fit there are kept by the server: selection=.
const MOST = 100
let last = null, writing = Promise.resolve()
function ticks() { return $$('#rows td.pick input') }
function asked(key) { return new URLSearchParams(location.search).get(key) }
function everybody() { return asked('all') !== null }
function chosen() { return new Set((asked(everybody() ? 'except' : 'sel') || '').split(',').filter(Boolean)) }
function keep(set, kept) {
  const key = everybody() ? 'except' : 'sel'
  const write = (url) => {
    for (const one of ['sel', 'except', 'selection']) url.searchParams.delete(one)
    if (kept) url.searchParams.set('selection', kept)
    else if (set.size) url.searchParams.set(key, [...set].join(','))
    return url
  }
  history.replaceState(history.state, '', write(new URL(location)))
  for (const link of $$('#rows a[data-keep]')) {
    const url = write(new URL(link.href))
    link.href = url
    if (link.hasAttribute('hx-get')) link.setAttribute('hx-get', url.pathname + url.search)
  }
  show(set)
}
function show(set, n) {
  const bar = $('#bulk')
  if (!bar) return
  const all = everybody(), kept = asked('selection'), picked = n ?? (kept ? null : set.size)
  if (picked !== null) bar.dataset.n = all ? Number(bar.dataset.matching) - picked : picked
  bar.toggleAttribute('data-empty', bar.dataset.n === '0')
  $('[data-count]', bar).textContent = bar.dataset.words.replace('%', Number(bar.dataset.n).toLocaleString(document.documentElement.lang))
  const here = ticks().map((box) => box.value)
  for (const box of ticks()) {
    if (!kept) box.checked = set.has(box.value) !== all
    if (kept) box.removeAttribute('name')
    box.closest('tr').setAttribute('aria-selected', box.checked)
  }
  const inputs = kept ? [['selection', kept]] : [...set].filter((id) => all || !here.includes(id)).map((id) => [all ? 'except' : 'ids', id])
  $('[data-kept]', bar).replaceChildren(...inputs.map(([name, value]) => {
    const input = document.createElement('input')
    input.type = 'hidden'; input.name = name; input.value = value
    return input
  }))
  const head = $('#rows th.pick input')
  if (head) { const on = ticks().filter((box) => box.checked).length; head.checked = on > 0 && on === here.length; head.indeterminate = on > 0 && on < here.length }
}
function mark(boxes, on) {
  const all = everybody(), set = chosen(), more = on !== all
  for (const box of boxes) { box.checked = on; if (more) set.add(box.value); else set.delete(box.value) }
  const stop = $('#bulk').dataset.hundred
  if (stop && !all && set.size > MOST) { say(stop); return keep(new Set([...set].slice(0, MOST))) }
  if (asked('selection')) return tell('/selections/' + asked('selection'), { [more ? 'add' : 'drop']: boxes.map((box) => box.value) })
  if (set.size > MOST) return tell('/selections', { add: [...set] })
  keep(set)
}
function tell(path, ids) {
  const body = new URLSearchParams(Object.entries(ids).map(([key, all]) => [key, all.join(',')]))
  $('#bulk').inert = true; $('#rows .u-foot').inert = true
  writing = writing.then(async () => {
    const answer = await fetch(path, { method: 'POST', body, headers: { 'X-CSRFToken': $('input[name=csrfmiddlewaretoken]').value } })
    if (!answer.ok) throw answer
    const now = await answer.json()
    keep(new Set(), now.selection)
    show(new Set(), now.n)
  }).catch(() => say(words.noAnswer, true)).finally(() => { for (const part of [$('#bulk'), $('#rows .u-foot')]) if (part) part.inert = false })
}
addEventListener('change', (event) => {
  const box = event.target
  if (box.matches('#rows th.pick input')) mark(ticks(), box.checked)
  if (box.matches('#rows td.pick input')) mark([box], box.checked)
  if (box.matches('form[data-auto] select, form[data-auto] input')) box.form.requestSubmit()
})
addEventListener('click', (event) => {
  const link = event.target.closest('a[data-here]')
  if (link) link.search = location.search
  if (!event.target.matches('#rows td.pick input')) return
  const boxes = ticks(), at = boxes.indexOf(event.target)
  if (event.shiftKey && last !== null) mark(boxes.slice(Math.min(at, last), Math.max(at, last) + 1), event.target.checked)
  last = at
})
addEventListener('htmx:beforeRequest', (event) => { if (event.detail.elt.matches('form[role=search], #chips a, .u-empty a') && $('#bulk:not([data-empty])')) say(words.gone) })
addEventListener('htmx:configRequest', (event) => { if (event.detail.elt.matches('a[data-keep]')) event.detail.path = event.detail.elt.getAttribute('hx-get') }) // htmx remembers the first one
function clear() { const url = new URL(location); for (const key of ['sel', 'all', 'except', 'selection']) url.searchParams.delete(key); location.replace(url) }

// While a list or a plan is asked for, what stands there stays and dims; after five seconds that is said. (freshen ends it.)
const PLACES = { rows: '#rows', listing: '#rows', main: '#main' }
let slow = 0
addEventListener('htmx:beforeSend', (event) => {
  const busy = PLACES[event.detail.target.id]
  if (!busy || event.detail.elt.matches('[hx-encoding]')) return
  $(busy)?.setAttribute('aria-busy', 'true')
  clearTimeout(slow)
  slow = setTimeout(() => say(words.slow), 5000)
})
addEventListener('htmx:afterRequest', () => clearTimeout(slow))
// A long menu of filters is narrowed by typing.
for (const kind of ['input', 'change']) addEventListener(kind, (event) => {
  if (!event.target.matches('[data-narrow]')) return
  event.stopImmediatePropagation()
  const typed = event.target.value.trim().toLocaleLowerCase()
  for (const set of $$('fieldset', event.target.closest('.u-menu'))) {
    const named = $('legend', set).textContent.toLocaleLowerCase().includes(typed)
    for (const line of $$('label', set)) line.hidden = !named && !line.textContent.toLocaleLowerCase().includes(typed)
    set.hidden = $$('label', set).every((line) => line.hidden)
  }
}, true)

// 5b. A list of columns is put in order by dragging, by its buttons, or by the arrow keys; the order of the lines is what the form sends.
let dragged = null
function shift(line, by) {
  const to = by < 0 ? line.previousElementSibling : line.nextElementSibling
  if (!to || to.matches('.fixed')) return
  to[by < 0 ? 'before' : 'after'](line)
}
addEventListener('click', (event) => {
  const button = event.target.closest('[data-order] button[name=move]')
  if (!button) return
  event.preventDefault()
  shift(button.closest('li'), button.value.startsWith('up') ? -1 : 1)
  button.focus()
})
addEventListener('keydown', (event) => {
  const line = event.target.closest('[data-order] li'), by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
  if (line && by) { event.preventDefault(); const at = event.target; shift(line, by); at.focus() }
})
addEventListener('dragstart', (event) => { dragged = event.target.closest?.('[data-order] li') })
addEventListener('dragover', (event) => {
  const line = event.target.closest?.('[data-order] li:not(.fixed)')
  if (!dragged || !line) return
  event.preventDefault()
  const box = line.getBoundingClientRect()
  if (line !== dragged) line[event.clientY < box.top + box.height / 2 ? 'before' : 'after'](dragged)
})
addEventListener('dragend', () => { dragged = null })

// 6. Addresses become tags on comma, semicolon, space or newline; the textarea underneath stays the truth.
function tags(area) {
  const box = area.parentElement, entry = document.createElement('input')
  const list = () => area.value.split(/[\s,;]+/).filter(Boolean)
  const bad = new Set((area.dataset.bad || '').split(/\s+/).filter(Boolean)), far = new Set((area.dataset.outside || '').split(/\s+/).filter(Boolean))
  entry.id = area.id; entry.type = 'text'; entry.autocomplete = 'off'; entry.spellcheck = false; entry.inputMode = 'email'
  for (const name of ['aria-describedby', 'aria-invalid', 'aria-required']) if (area.hasAttribute(name)) entry.setAttribute(name, area.getAttribute(name))
  area.removeAttribute('id'); area.hidden = true
  const draw = () => {
    $$('.u-tag', box).forEach((tag) => tag.remove())
    for (const address of list()) {
      const tag = document.createElement('span'), text = document.createElement('bdi'), off = document.createElement('button')
      tag.className = 'u-tag' + (bad.has(address) ? ' bad' : far.has(address) ? ' warn' : '')
      text.className = 't'; text.textContent = address
      off.type = 'button'; off.setAttribute('aria-label', words.remove.replace('%', address)); off.textContent = '×'
      off.onclick = () => { put(list().filter((a) => a !== address)); entry.focus() }
      tag.append(text, off); box.insertBefore(tag, entry)
    }
  }
  const put = (all) => { area.value = [...new Set(all)].join('\n'); draw(); area.dispatchEvent(new Event('input', { bubbles: true })) }
  const take = () => {
    const typed = entry.value.split(/[\s,;]+/).filter(Boolean)
    entry.value = ''
    if (typed.length) put([...list(), ...typed])
  }
  entry.addEventListener('input', (event) => { event.stopPropagation(); if (/[\s,;]/.test(entry.value)) take() })
  entry.addEventListener('paste', () => setTimeout(take))
  entry.addEventListener('blur', take)
  entry.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') { event.preventDefault(); take() }
    if (event.key === 'Backspace' && !entry.value) put(list().slice(0, -1))
  })
  area.form.addEventListener('submit', take, true)
  box.append(entry); box.addEventListener('click', (event) => { if (event.target === box) entry.focus() })
  draw()
}
function enhance(root) {
  for (const area of $$('textarea[data-tags]:not([hidden])', root)) tags(area)
  for (const toast of $$('.u-toast[data-leaves]', root)) settle(toast)
  for (const box of [...ticks(), ...$$('#rows th.pick input')]) box.disabled = false
}
addEventListener('htmx:afterSettle', (event) => {
  const target = event.detail.target
  if (target.id === 'dialog') return
  enhance(document)
  if ($('#bulk')) show(chosen())
  if (document.activeElement === document.body && PLACES[target.id]) $(PLACES[target.id])?.focus({ preventScroll: true })
})

// 7. Single keys, unless somebody is typing or has switched them off (WCAG 2.1.4); one thing at a time.
let after = ''
addEventListener('keydown', (event) => {
  const typing = event.target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]')
  if (event.key === 'Escape') return escape(event, typing)
  if (event.key === 'k' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); return find() }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || $('dialog[open]') || 'keysOff' in document.documentElement.dataset) return
  const going = after === 'g' && $(`[data-go="${CSS.escape(event.key)}"]`)
  after = event.key
  if (among(event)) return event.preventDefault()
  const act = going ? () => going.click() : { '/': find, f: () => unfold($('.u-tools details.u-drop')), n: () => $('.u-head .btn-primary')?.click(), '?': () => $('#keys')?.showModal(), j: () => step(1), k: () => step(-1), x: tick, X: tick, '.': more }[event.key]
  if (act) { event.preventDefault(); act(event) }
})
function escape(event, typing) {
  const menu = $('details.u-drop[open]')
  if (menu) { menu.open = false; $('summary', menu).focus(); event.preventDefault() }
  else if (typing && !typing.closest('dialog')) typing.blur()
  else if (!$('dialog[open]') && $('#bulk:not([data-empty])')) clear()
}
function rowNow() { return document.activeElement.closest('#rows tbody tr') }
function step(by) { const all = $$('#rows tbody tr'), now = all.indexOf(rowNow()); const next = all[Math.min(Math.max(now + by, 0), all.length - 1)]; $('a, input', next?.querySelector('.main') || next || document)?.focus() }
function tick(event) { rowNow()?.querySelector('td.pick input')?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, shiftKey: event.shiftKey })) }
function more() { unfold(rowNow()?.querySelector('details')) }
function items(menu) { return $$('.u-menu :is(a, button, input:not([type=hidden]))', menu) }
function unfold(menu) { if (menu) { menu.open = true; items(menu)[0]?.focus() } }
function among(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key], menu = event.target.closest('details.u-drop[open]')
  if (!by || !menu) return false
  const all = items(menu)
  all.at((all.indexOf(event.target) + by + all.length) % all.length)?.focus()
  return true
}

// 8. Search everywhere: one dialog; up and down move between the results, Enter in the field opens the first.
function find(typed) {
  const dialog = $('#finder'), field = $('#finder-q')
  if (!dialog || $('#dialog[open]')) return
  $('#menu[open]')?.close()
  if (!dialog.open) dialog.showModal()
  if (typeof typed === 'string') field.value = typed
  else field.select()
  field.focus()
  htmx.trigger(field.form, 'look')
}
for (const kind of ['click', 'input']) addEventListener(kind, (event) => { if (event.target.matches('[data-finder]')) { find(event.target.value); event.target.value = '' } })
addEventListener('keydown', (event) => {
  const field = $('#finder-q')
  if (!event.target.closest('#finder')) return
  const links = $$('#found a'), to = links.indexOf(event.target) + { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (to >= -2) { event.preventDefault(); (links[to] || (to < 0 ? field : event.target)).focus() }
  if (event.key === 'Enter' && event.target === field && links[0] && $('#found [data-q]').dataset.q === field.value.trim()) { event.preventDefault(); links[0].click() }
})

enhance(document)
$('.u-tabs [aria-current]')?.scrollIntoView({ block: 'nearest' }) // narrow screens cut the last ones off
if ($('#bulk')) show(chosen())
