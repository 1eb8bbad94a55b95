/** Services over settings for a function: in one piece, for each piece would be a file of its own that a cold start reads. */
export { connect } from './connect.js';
export { openLedger } from './open-ledger.js';
export { openMessenger } from './open-messenger.js';
export { settingsElsewhere } from './settings-elsewhere.js';
export { readSettings } from './settings.js';
