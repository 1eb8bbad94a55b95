/** HTML that is safe to write out. Only {@link html} and {@link trusted} make it. */
export class Html {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

type Part = Html | string | number | undefined | false | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => entities[char] ?? char);

function write(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.toString();
  if (typeof part === 'object') return part.map(write).join('');
  return escape(String(part));
}

/**
 * A piece of a page. Whatever is put in is text, in quoted attributes and between tags alike, unless it is a piece itself.
 * @example
 * html`<a href="${url}">${title}</a>`
 */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.map((string, i) => string + write(parts[i])).join(''));

/** Our own script and style, which are no text. */
export const trusted = (text: string): Html => new Html(text);

/** A link only where it leads to a web address: `javascript:` from a server's answer stays text. */
export function link(url: string, text: string): Html {
  const isWeb = /^https?:\/\//i.test(url) && URL.canParse(url);
  return isWeb ? html`<a href="${url}" rel="noreferrer noopener">${text}</a>` : html`<span>${text}: ${url}</span>`;
}
