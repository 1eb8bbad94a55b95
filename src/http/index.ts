/**
 * The one way out to REST: axios once, retries for reads, auth, proxies, host maps, redirects, errors.
 * @module
 */
export { type Auth, type AuthRequest, basicAuth, bearerAuth, headerAuth, type TokenSource } from './auth.js';
export type { Query } from './base-url.js';
export {
  type Answer,
  Http,
  type HttpOptions,
  type ReadOptions,
  type RequestOptions,
  type TextAnswer,
  type TextOptions,
} from './http.js';
export type { RedirectPolicy } from './redirects.js';
export { isLoopback } from './proxy-rules.js';
export { createNetwork, type Network, type NetworkOptions, type Route } from './network.js';
