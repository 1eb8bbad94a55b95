import { isOneOf } from '../../endings.js';
import { pollLoop } from '../poll-loop.js';
import { defineKind, text } from './kind.js';

const state = '$.looked.Crawler.State';
const last = '$.looked.Crawler.LastCrawl.Status';

export const glueCrawler = defineKind({
  what: 'Runs a Glue crawler and looks after it until it is ready again',
  fields: { crawler: text },
  permissions: ['glue:StartCrawler', 'glue:GetCrawler', 'glue:StopCrawler'],
  build: ({ crawler }, { timeoutSeconds }) => ({
    type: 'states',
    input: { crawler },
    branch: pollLoop({
      start: {
        resource: 'arn:aws:states:::aws-sdk:glue:startCrawler',
        parameters: { 'Name.$': '$.crawler' },
        // Somebody else's crawl is waited for: it may have begun before our data was there.
        retry: [
          {
            ErrorEquals: ['Glue.CrawlerRunningException', 'Glue.ThrottlingException'],
            IntervalSeconds: 30,
            BackoffRate: 1.5,
            MaxDelaySeconds: 300,
            MaxAttempts: 40,
            JitterStrategy: 'FULL',
          },
        ],
      },
      look: { resource: 'arn:aws:states:::aws-sdk:glue:getCrawler', parameters: { 'Name.$': '$.crawler' } },
      ends: [
        ...(['SUCCEEDED', 'FAILED', 'CANCELLED'] as const).map((status) => ({
          when: {
            And: [
              { Variable: state, StringEquals: 'READY' },
              { Variable: last, IsPresent: true },
              { Variable: last, StringEquals: status },
            ],
          },
          ended: status === 'SUCCEEDED' ? ('well' as const) : ('badly' as const),
        })),
        // READY, and no word of a crawl: nothing is known of one.
        ...isOneOf(state, ['READY'], 'badly'),
      ],
      error: 'GlueCrawlerFailed',
      cause: 'States.JsonToString($.looked.Crawler)',
      pause: { first: 15, growth: 5, longest: 300 },
      ...(timeoutSeconds !== undefined && {
        timeout: {
          seconds: timeoutSeconds,
          stop: { resource: 'arn:aws:states:::aws-sdk:glue:stopCrawler', parameters: { 'Name.$': '$.crawler' } },
        },
      }),
    }),
    result: { lastCrawl: '$.looked.Crawler.LastCrawl' },
  }),
});
