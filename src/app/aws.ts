import type * as aws from '../aws/index.js';
import type { Settings } from './settings.js';

/** The room that speaks with AWS, and its clients: loaded with the first question, shared by all that ask. */
export type LazyAws = () => Promise<{ readonly room: typeof aws; readonly clients: aws.AwsClients }>;

/** The settings that are about AWS. */
export type AwsPart = Pick<Settings, 'aws' | 'proxyEnv'>;

/** What AWS is asked with. */
export const awsSettings = ({ aws: given, proxyEnv }: AwsPart): aws.AwsSettings => ({
  ...given,
  proxyEnv,
});

const opened = new WeakMap<aws.AwsSettings, LazyAws>();

/** One for each settings object, so that all who hold it share the clients. */
export function lazyAws(settings: aws.AwsSettings): LazyAws {
  const known = opened.get(settings);
  if (known) return known;
  let loading: ReturnType<LazyAws> | undefined;
  const lazy: LazyAws = () =>
    (loading ??= import('../aws/index.js').then((room) => ({ room, clients: room.awsClients(settings) })));
  opened.set(settings, lazy);
  return lazy;
}
