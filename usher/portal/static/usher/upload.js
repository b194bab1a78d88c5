// The way of a file to the server: how much of it is there, and a plain line when it did not arrive. Without this the form is sent as ever.
const uploadOf = (event) => event.target.querySelector?.(':scope [data-upload]')
const tellUpload = (upload, words) => { const line = upload.querySelector('[role=status]'); if (line.textContent !== words) line.textContent = words }
const drawUpload = (upload, percent) => {
  const bar = upload.querySelector('svg')
  bar.setAttribute('aria-valuenow', percent)
  bar.firstElementChild.setAttribute('width', percent + '%')
}

addEventListener('htmx:beforeSend', (event) => {
  const upload = uploadOf(event)
  if (!upload || !event.target.querySelector('[type=file]').files.length) return
  Object.assign(upload, { hidden: false, there: false, className: 'u-upload' })
  drawUpload(upload, 0)
  tellUpload(upload, upload.dataset.going.replace('%', '0'))
})
// htmx tells of the answer by the same event as of the file: what comes after the whole file is not about it. Words change in quarters, for who has them read.
addEventListener('htmx:xhr:progress', (event) => {
  const upload = uploadOf(event)
  if (!upload || upload.there || !event.detail.total) return
  const percent = Math.floor(100 * event.detail.loaded / event.detail.total)
  upload.there = percent === 100
  drawUpload(upload, percent)
  tellUpload(upload, upload.there ? upload.dataset.there : upload.dataset.going.replace('%', percent - percent % 25))
})
addEventListener('htmx:afterRequest', (event) => { const upload = uploadOf(event); if (upload) upload.hidden = true })
for (const kind of ['sendError', 'timeout', 'sendAbort']) document.addEventListener('htmx:' + kind, (event) => {
  const upload = uploadOf(event)
  if (!upload) return
  event.stopPropagation() // one line where the file was chosen, instead of a notice in the corner
  Object.assign(upload, { hidden: false, className: 'u-upload bad' })
  tellUpload(upload, upload.dataset.lost)
})
