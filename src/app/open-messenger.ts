import type { Messenger } from '../aws/index.js';
import { type AwsPart, awsSettings, lazyAws } from './aws.js';

/** Tells others at AWS; nothing is loaded before there is somebody to tell. */
export function openMessenger(settings: AwsPart): Messenger {
  const forAws = awsSettings(settings);
  let opening: Promise<Messenger> | undefined;
  const open = (): Promise<Messenger> => (opening ??= lazyAws(forAws)().then(({ room }) => room.messenger(forAws)));
  return {
    succeed: async (...given) => (await open()).succeed(...given),
    fail: async (...given) => (await open()).fail(...given),
    beat: async (...given) => (await open()).beat(...given),
    publish: async (...given) => (await open()).publish(...given),
    close: () => void opening?.then((opened) => opened.close()).catch(() => undefined),
  };
}
