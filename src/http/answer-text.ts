import { plainLine, REDACTED, redactText } from '../core/index.js';

const BODY_LIMIT = 2_000;
const MESSAGE_LIMIT = 500;

/** Masks what we sent as credentials, should a server say it back, and whatever else looks like one. */
export type Mask = (text: string) => string;

/** @param values - of headers, which nobody may see */
export function maskOf(values: readonly string[]): Mask {
  const secrets = [...new Set(values)].flatMap(secretParts);
  secrets.sort((a, b) => b.length - a.length); // the whole before its parts
  return (text) => redactText(secrets.reduce((done, secret) => done.replaceAll(secret, REDACTED), text));
}

/** `Basic dTpw` is secret as a whole, without its scheme, and decoded: `u:p` and `p`. */
function secretParts(value: string): string[] {
  const credentials = /^\S+\s+(.+)$/.exec(value)?.[1] ?? value;
  const parts = [value, credentials];
  if (/^basic\s/i.test(value)) {
    const pair = Buffer.from(credentials, 'base64').toString('utf8');
    parts.push(pair, pair.slice(pair.indexOf(':') + 1));
  }
  return parts.filter((part) => part.length >= 4); // anything shorter stands in every second text
}

/** A body that may be shown and kept: masked, without control characters, at most 2,000 characters. */
export function shownBody(bytes: Uint8Array, mask: Mask): string {
  // Masked first, cut afterwards: half a secret at the cut would not be known for one.
  const text = mask(startOf(bytes));
  return cut(text.split(/\r?\n/).map(plainLine).join('\n'), BODY_LIMIT);
}

/** The server's own words in one line: `msg`, Hadoop's exception, a bare JSON string, an HTML page's text, or plain text. */
export function serverMessage(bytes: Uint8Array, mask: Mask): string {
  const text = startOf(bytes).trim();
  return cut(plainLine(mask(wordsOf(text)).replace(/\s+/g, ' ').trim()), MESSAGE_LIMIT);
}

const startOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 16_384)).toString('utf8');

const cut = (text: string, limit: number): string => (text.length <= limit ? text : `${text.slice(0, limit - 1)}…`);

function wordsOf(text: string): string {
  if (/^["{]/.test(text)) {
    try {
      return wordsInJson(JSON.parse(text)) ?? text;
    } catch {
      return text; // cut, or only looked like it
    }
  }
  return /^<(?:!doctype|html|head|body|\?xml)/i.test(text) ? wordsInHtml(text) : text;
}

function wordsInJson(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { msg, message, error, RemoteException: remote } = value as Record<string, unknown>;
  if (typeof msg === 'string') return msg; // Livy
  if (typeof remote === 'object' && remote !== null) return wordsInJson(remote); // YARN
  if (typeof message === 'string') return message;
  return typeof error === 'string' ? error : undefined;
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', amp: '&' };

function wordsInHtml(html: string): string {
  const textOf = (part: string) =>
    part
      .replace(/<[^>]*>?/g, ' ')
      .replace(/&(lt|gt|quot|apos|nbsp|amp|#39);/g, (_, name: string) => entities[name] ?? "'")
      .replace(/\s+/g, ' ')
      .trim();
  const bare = html.replace(/<(script|style)\b[^>]*>[^<]*(?:<(?!\/\1)[^<]*)*<\/\1\s*>/gi, ' ');
  const title = textOf(/<title[^>]*>([^<]*)/i.exec(bare)?.[1] ?? '');
  const rest = textOf(bare.replace(/<title[^>]*>[^<]*(?:<\/title>)?/i, ' '));
  return title === '' || rest.includes(title) ? rest : rest === '' ? title : `${title}: ${rest}`;
}
