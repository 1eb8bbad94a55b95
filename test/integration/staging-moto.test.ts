import { holdsStaging } from '../helpers/staging-contract.js';
import { startMoto } from '../helpers/moto.js';

holdsStaging(startMoto);
