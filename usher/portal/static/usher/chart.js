// The chart of a page: the numbers stand in its table, the colours in the tokens; without this script the table is the chart.
// One line, `used`, and where the box has words for it a second one above, `bought`.
const STEPS = [1, 2, 5, 10, 20, ...[1, 10, 100, 1e3, 1e4, 1e5].flatMap((e) => [25 * e, 50 * e, 100 * e, 200 * e])] // of the axis: what is counted is whole
for (const box of document.querySelectorAll('[data-chart]')) draw(box)

function draw(box) {
  const rows = [...document.querySelectorAll('#' + box.dataset.chart + ' tbody tr')]
  const language = { en: 'en-GB' }[document.documentElement.lang] || document.documentElement.lang // the day before the month, as on every page
  const number = (n) => n.toLocaleString(language)
  const days = rows.map((row) => Date.parse(row.dataset.day) / 1000), column = (name) => rows.map((row) => Number(row.dataset[name]))
  const two = 'bought' in box.dataset, used = column('used'), bought = two ? column('bought') : used, top = Math.max(...bought, ...used) * 1.18, last = rows.length - 1
  const told = document.getElementById(box.dataset.chart + '-now'), silent = told.textContent
  let plot = null
  const color = (name) => { const probe = document.createElement('i'); probe.style.color = `var(${name})`; document.body.append(probe); const found = getComputedStyle(probe).color; probe.remove(); return found }
  const make = () => {
    if (plot) plot.destroy()
    const ink = color('--u-ink-3'), line = color('--u-line'), accent = color('--u-accent'), paper = color('--u-surface'), family = getComputedStyle(document.body).fontFamily, font = `11.5px ${family}`
    const date = (t, how) => new Date(t * 1000).toLocaleString(language, { timeZone: 'UTC', ...how })
    plot = new uPlot({
      width: box.clientWidth, height: 232, padding: [8, 8, 0, 0], legend: { show: false }, cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: { y: { range: [0, top || 1] } },
      axes: [
        { stroke: ink, font, size: 26, gap: 6, space: 62, grid: { show: false }, ticks: { show: false }, values: (u, all) => all.map((t) => date(t, days[last] - days[0] > 5e6 ? { month: 'short' } : { day: 'numeric', month: 'short' })) },
        { stroke: ink, font, size: 50, space: 56, incrs: STEPS, grid: { stroke: line, width: 1 }, ticks: { show: false }, values: (u, all) => all.map(number) },
      ],
      series: [
        {},
        { stroke: accent, width: 2, fill: color('--u-chart-fill'), points: { show: false } },
        ...(two ? [{ stroke: ink, width: 1.5, dash: [5, 4], points: { show: false }, paths: uPlot.paths.stepped({ align: 1 }) }] : []),
      ],
      hooks: {
        draw: [(u) => {
          const c = u.ctx, right = u.bbox.left + u.bbox.width - 4 * devicePixelRatio, near = two && Math.abs(bought[last] - used[last]) < top * .09
          const write = (words, value, up, ink) => {
            const y = u.valToPos(value, 'y', true) + (up ? -7 : 17) * devicePixelRatio, wide = c.measureText(words).width
            if (up) c.fillStyle = paper, c.fillRect(right - wide - 3 * devicePixelRatio, y - 11 * devicePixelRatio, wide + 6 * devicePixelRatio, 14 * devicePixelRatio) // a step of a line runs through no words
            c.fillStyle = ink; c.fillText(words, right, y)
          }
          c.save(); c.font = `500 ${11.5 * devicePixelRatio}px ${family}`; c.textAlign = 'right'
          if (two) write(box.dataset.bought.replace('%', number(bought[last])), Math.max(bought[last], near ? used[last] : 0), true, ink)
          write(box.dataset.used.replace('%', number(used[last])), used[last], !two, accent)
          c.restore()
        }],
        setCursor: [(u) => {
          const at = u.cursor.idx
          told.textContent = at == null ? silent : `${date(days[at], { day: 'numeric', month: 'long', year: 'numeric' })}: ${box.dataset.used.replace('%', number(used[at]))}${two ? `, ${box.dataset.bought.replace('%', number(bought[at]))}` : ''}`
        }],
      },
    }, two ? [days, used, bought] : [days, used], box)
  }
  make()
  new ResizeObserver(() => { if (plot.width !== box.clientWidth) plot.setSize({ width: box.clientWidth, height: 232 }) }).observe(box)
  new MutationObserver(make).observe(document.documentElement, { attributes: true, attributeFilter: ['data-bs-theme'] })
  box.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (!by) return
    event.preventDefault()
    const at = Math.min(Math.max((plot.cursor.idx ?? last) + by, 0), last)
    plot.setCursor({ left: plot.valToPos(days[at], 'x'), top: plot.valToPos(used[at], 'y') })
  })
}
