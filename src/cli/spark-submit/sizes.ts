/** As Spark and the JVM both read a memory size: `4g`, `4GB`, `512m`; a bare number means MiB. In the form Livy takes. */
export function readSize(given: string): string | undefined {
  const match = /^(\d+)([kmgt]?)b?$/i.exec(given.trim());
  if (!match || Number(match[1]) === 0 || (match[2] === '' && /b$/i.test(given.trim()))) return undefined;
  return `${match[1]}${match[2] === '' ? 'm' : (match[2] ?? '').toLowerCase()}`;
}

/** A whole number, at least `least`. */
export function readCount(given: string, least: number): number | undefined {
  if (!/^\d{1,9}$/.test(given.trim())) return undefined;
  const count = Number(given);
  return count >= least ? count : undefined;
}
