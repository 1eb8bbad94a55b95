import { ConfigError, isLivywireError } from './errors.js';

/** What to say where a package could not be loaded that only some need; anything else is the error itself. */
export function missingPackage(
  error: unknown,
  name: string,
  { who, field }: { /** Begins the sentence. */ readonly who: string; readonly field: string },
): unknown {
  const code = (error as { readonly code?: unknown } | null)?.code;
  const isIt = code === 'ERR_MODULE_NOT_FOUND' && String(error).includes(name);
  if (isLivywireError(error) || !isIt) return error;
  const why = `${who} needs the package ${name}, which is not installed: npm install ${name}`;
  return new ConfigError(why, { field, cause: error });
}
