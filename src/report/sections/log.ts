import { html, type Html } from '../html.js';
import type { ReportLog, ReportLogItem } from '../run-report.js';
import { counted, number } from '../words.js';

// log4j as Spark sets it up (26/11/23 04:08:32 WARN X: …), ISO dates, and a level in brackets.
const LEVEL = /^(?:\[?\d[\d/.:,T-]*Z?\]?[ ,]){1,2}\[?\s*(TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL)\b/;
/** What goes on with the entry before it: frames and causes of a stack trace, indented text. */
const GOES_ON = /^(?:\s+\S|Caused by:|\.\.\. \d+ more)/;
const BROKEN = /^(?:Traceback \(most recent call last\)|Exception in thread |(?:\w+\.)*\w+(?:Error|Exception)\b)/;

/** Of each line, so that it can be filtered; empty for plain output. */
export function levels(lines: readonly string[]): string[] {
  let before = '';
  return lines.map((line) => {
    const own = LEVEL.exec(line)?.[1];
    if (own !== undefined) before = own.toLowerCase().replace('warning', 'warn');
    else if (BROKEN.test(line)) before = 'error';
    else if (!GOES_ON.test(line)) before = '';
    return before;
  });
}

/** The log, one list for each stream; all of it is on the page, and the controls only hide lines. */
export function logSection(log: ReportLog | undefined): Html {
  if (!log) return html``;
  const streams = [...new Set(log.items.map(({ stream }) => stream))];
  return html`<section id="log" aria-labelledby="log-title">
    <h2 id="log-title">The log</h2>
    ${
      log.items.length === 0
        ? html`<p>No line was there to be read.</p>`
        : html` ${log.isCut && html`<p>These are the last ${number(log.tail)} lines of each stream. What stood before them is left out; <code>livywire logs</code> has it, as long as the servers do.</p>`}
            <form id="log-controls" hidden>
              <label for="log-search"
                >Search <input id="log-search" type="search" autocomplete="off" spellcheck="false"
              /></label>
              <label for="log-level"
                >Level
                <select id="log-level">
                  <option value="-1">all lines</option>
                  <option value="1">info and above</option>
                  <option value="2">warnings and errors</option>
                  <option value="3">errors</option>
                </select></label
              >
              <label for="log-stream"
                >Stream
                <select id="log-stream">
                  <option value="">all</option>
                  ${streams.map((stream) => html`<option value="${stream}">${stream}</option>`)}
                </select></label
              >
              <button type="reset">Clear</button>
              <output id="log-count" for="log-search log-level log-stream" aria-live="polite"></output>
            </form>
            ${streams.map((stream) =>
              streamList(
                stream,
                log.items.filter((item) => item.stream === stream),
              ),
            )}`
    }
  </section> `;
}

function streamList(stream: string, items: readonly ReportLogItem[]): Html {
  const lines = items.filter((item) => item.type === 'line');
  const level = levels(items.map((item) => (item.type === 'line' ? item.text : '')));
  return html`<div class="stream" data-stream="${stream}">
    <h3>${stream} <span class="quiet">${counted(lines.length, 'line')}</span></h3>
    <ol class="log" tabindex="0" role="list" aria-label="Log lines of ${stream}">
      ${items.map((item, i) =>
        item.type === 'gap'
          ? html`<li class="gap">
              <span class="text"
                >… ${item.lines === undefined ? 'some' : number(item.lines)} lines are missing here:
                ${item.reason}</span
              >
            </li> `
          : html`<li${level[i] ? html` data-level="${level[i]}"` : html``}><span class="text">${item.text}</span></li>
`,
      )}
    </ol>
  </div> `;
}
