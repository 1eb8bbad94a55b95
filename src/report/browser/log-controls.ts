/** Search and filter over the lines of the log, which are on the page already. */
const ranks: Readonly<Record<string, number>> = { trace: 0, debug: 0, info: 1, warn: 2, error: 3, fatal: 3 };

const MOST_MARKS = 2_000;

export function followLogControls(): void {
  const form = document.querySelector<HTMLFormElement>('#log-controls');
  if (!form) return;
  const search = form.querySelector<HTMLInputElement>('#log-search');
  const level = form.querySelector<HTMLSelectElement>('#log-level');
  const stream = form.querySelector<HTMLSelectElement>('#log-stream');
  const count = form.querySelector<HTMLOutputElement>('#log-count');
  const lines = [...document.querySelectorAll<HTMLElement>('.log > li')].map((line) => ({
    line,
    text: (line.querySelector('.text')?.textContent ?? '').toLowerCase(),
    rank: ranks[line.dataset.level ?? ''] ?? -1,
  }));
  const streams = [...document.querySelectorAll<HTMLElement>('.stream')];

  const apply = (): void => {
    const wanted = (search?.value ?? '').toLowerCase();
    const least = Number(level?.value ?? -1);
    const only = stream?.value ?? '';
    let shown = 0;
    for (const { line, text, rank } of lines) {
      line.hidden = !(text.includes(wanted) && rank >= least);
      if (!line.hidden && (only === '' || line.closest<HTMLElement>('.stream')?.dataset.stream === only)) shown++;
    }
    for (const one of streams) one.hidden = only !== '' && one.dataset.stream !== only;
    if (count) count.value = `${shown} of ${lines.length} lines`;
    mark(wanted);
  };

  // Typing ahead of a long log: once for many keys.
  let timer: ReturnType<typeof setTimeout> | undefined;
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(apply, 120);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    apply();
  });
  form.addEventListener('reset', () => setTimeout(apply));
  form.hidden = false;
  apply();
  // What a log says last is what it was opened for.
  for (const list of document.querySelectorAll('.log')) list.scrollTop = list.scrollHeight;
}

/** Shows where the words stand, in browsers that can do so without changing the page. */
function mark(wanted: string): void {
  if (!('highlights' in CSS)) return;
  CSS.highlights.delete('found');
  if (wanted === '') return;
  const ranges: Range[] = [];
  for (const text of document.querySelectorAll('.log > li:not([hidden]) .text')) {
    const node = text.firstChild;
    if (!node || ranges.length >= MOST_MARKS) break;
    const at = (node.textContent ?? '').toLowerCase().indexOf(wanted);
    if (at < 0 || at + wanted.length > (node.textContent ?? '').length) continue;
    const range = new Range();
    range.setStart(node, at);
    range.setEnd(node, at + wanted.length);
    ranges.push(range);
  }
  CSS.highlights.set('found', new Highlight(...ranges));
}
