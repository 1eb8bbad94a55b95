import { ConfigError } from '../../core/index.js';

/** Which cluster is meant. */
export type ClusterSelector =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'tag'; readonly key: string; readonly value?: string }
  /** The only active one that has Livy. */
  | { readonly by: 'auto' };

/**
 * `j-3KVTXXXXXX7UG`, a name, `name:j-odd` for a name that looks like something else, `tag:team=data`, `tag:team`, `auto`.
 * @throws ConfigError
 */
export function parseSelector(text: string, field = '--cluster'): ClusterSelector {
  const wrong = (why: string): ConfigError =>
    new ConfigError(`${field}: ${why}; write a name, an id (j-…), tag:key=value, or auto`, { field });
  const given = text.trim();
  if (given === '') throw wrong('names no cluster');
  if (given === 'auto') return { by: 'auto' };
  if (/^j-[A-Z0-9]{3,}$/.test(given)) return { by: 'id', id: given };
  if (given.startsWith('name:')) return { by: 'name', name: given.slice('name:'.length) };
  if (!given.startsWith('tag:')) return { by: 'name', name: given };
  const [key = '', ...rest] = given.slice('tag:'.length).split('=');
  if (key === '') throw wrong(`${JSON.stringify(given)} names no tag`);
  return rest.length === 0 ? { by: 'tag', key } : { by: 'tag', key, value: rest.join('=') };
}
