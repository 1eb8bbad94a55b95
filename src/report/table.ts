import { html, type Html } from './html.js';

export interface Column<T> {
  readonly head: string;
  /** Numbers stand to the right. */
  readonly isNumber?: boolean;
  readonly cell: (row: T) => Html | string | number | undefined;
}

/** More rows than this are folded away, for whoever wants to read on. */
const MOST_OPEN_ROWS = 12;

/** A table with its caption; the first column names the row. It scrolls by itself where the page is narrow. */
export function table<T>(caption: string, columns: readonly Column<T>[], rows: readonly T[]): Html {
  if (rows.length === 0) return html``;
  const type = (isNumber: boolean | undefined): Html => (isNumber ? html` class="number"` : html``);
  const head = columns.map(({ head, isNumber }) => html`<th scope="col" ${type(isNumber)}>${head}</th>`);
  const line = (row: T): Html =>
    html`<tr>
      ${columns.map(({ cell, isNumber }, i) =>
        i === 0 ? html`<th scope="row">${cell(row)}</th>` : html`<td${type(isNumber)}>${cell(row)}</td>`,
      )}
    </tr> `;
  return html`<details${rows.length > MOST_OPEN_ROWS ? html`` : html` open`}>
<summary>${caption} (${rows.length})</summary>
<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table>
<caption class="unseen">${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.map(line)}</tbody>
</table></div>
</details>
`;
}

/** Where a chart is drawn, with what it shows in words; its figures stand in the table below it. */
export const chart = (
  name: string,
  title: string,
  label: string,
  legend: readonly (readonly [color: string, text: string])[] = [],
): Html =>
  html`<figure class="chart">
    <figcaption>${title}</figcaption>
    ${
      legend.length === 0
        ? html``
        : html`<ul class="legend">
            ${legend.map(([color, text]) => html`<li><span class="swatch c-${color}"></span>${text}</li>`)}
          </ul>`
    }
    <div class="place" data-chart="${name}" data-label="${label}"></div>
    <noscript><p class="quiet">The picture needs JavaScript; the table below has the same figures.</p></noscript>
  </figure> `;

/** Names and what they are. */
export const facts = (rows: readonly (readonly [name: string, value: Html | string | undefined])[]): Html =>
  html`<dl class="facts">
    ${rows.flatMap(([name, value]) =>
      value === undefined || value === ''
        ? []
        : html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div> `,
    )}
  </dl> `;
