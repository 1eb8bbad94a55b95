/**
 * From logs and facts to a reason.
 * @module
 */
export { type CodeInfo, codes } from './codes.js';
export { diagnose, hasSucceeded } from './diagnose.js';
export type { Match, Rule } from './rule.js';
export { rules } from './rules.js';
export type { Facts, View } from './view.js';
