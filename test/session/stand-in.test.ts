import test from 'ava';
import { sessionLivy } from '../helpers/session-livy.js';
import { fastClock } from '../helpers/fast-clock.js';
import { sessionContract } from './contract.js';

sessionContract(test, 'the stand-in', async (t) => ({
  url: (await sessionLivy(t)).url,
  options: { clock: fastClock() },
}));
sessionContract(test, 'the stand-in as 0.8', async (t) => ({
  url: (await sessionLivy(t, { version: '0.8.0' })).url,
  options: { clock: fastClock() },
}));
sessionContract(test, 'the stand-in as EMR Serverless', async (t) => ({
  url: (await sessionLivy(t, { subset: 'emr-serverless' })).url,
  options: { clock: fastClock() },
}));
