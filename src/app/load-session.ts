/** Interactive sessions, for the verbs that have one. */
export const loadSession = () => import('../session/index.js');
