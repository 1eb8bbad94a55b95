/**
 * The address of a NodeManager as YARN names it: `host:8042`, in some answers with `http://` before it. `undefined` for what is
 * no such address: nothing but scheme, host and port is ever taken from an answer.
 */
export function nodeAddress(named: string, scheme: 'http' | 'https' = 'http'): string | undefined {
  const [, given, host] = /^(?:(https?):\/\/)?([\w.-]+:\d{1,5}|\[[\da-f:.]+\]:\d{1,5})\/?$/i.exec(named.trim()) ?? [];
  if (host === undefined) return undefined;
  const address = `${given ?? scheme}://${host}`.toLowerCase();
  return URL.canParse(address) ? address : undefined;
}
