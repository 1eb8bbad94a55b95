import type * as aws from '../aws/index.js';
import type { Settings } from './settings.js';

/** What AWS is asked with: the settings that are about it. */
export type AwsPart = Pick<Settings, 'aws' | 'proxyEnv'>;

/** The room that speaks with AWS, and its clients: loaded with the first question, shared by all that ask. */
export type LazyAws = () => Promise<{ readonly room: typeof aws; readonly clients: aws.AwsClients }>;

export function lazyAws({ aws: given, proxyEnv }: AwsPart): LazyAws {
  let loading: ReturnType<LazyAws> | undefined;
  return () =>
    (loading ??= import('../aws/index.js').then((room) => ({
      room,
      clients: room.awsClients({ ...given, proxyEnv }),
    })));
}
