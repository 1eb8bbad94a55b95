import { holdsStaging } from '../helpers/staging-contract.js';
import { startVersitygw } from '../helpers/versitygw.js';

// An S3 that checks each signature and each checksum.
holdsStaging(() => startVersitygw('stand-in', 'stand-in-secret'));
