import { Fields } from '../fields.js';
import type { Item } from './happening.js';
import { timeFields } from './happening.js';
import { happeningsIn } from './message.js';

/** One message of SQS. */
export function itemOfSqs(record: unknown, path: string): Item {
  const fields = new Fields(record, path);
  const id = fields.mustText('messageId');
  return {
    id,
    happenings: () => {
      const sent = fields.object('attributes')?.text('SentTimestamp');
      return happeningsIn(fields.mustText('body'), {
        key: ['sqs', id],
        fields: { messageId: id, ...timeFields(sent === undefined ? undefined : isoOf(Number(sent))) },
      });
    },
  };
}

/** One record of Kinesis: its event id holds the shard and the sequence number. */
export function itemOfKinesis(record: unknown, path: string): Item {
  const fields = new Fields(record, path);
  const kinesis = fields.object('kinesis') ?? fields.wrong('kinesis', 'the record');
  const id = kinesis.mustText('sequenceNumber');
  return {
    id,
    happenings: () => {
      const stream = fields.mustText('eventSourceARN');
      const arrived = kinesis.raw('approximateArrivalTimestamp');
      return happeningsIn(Buffer.from(kinesis.mustText('data'), 'base64').toString('utf8'), {
        key: ['kinesis', stream, fields.mustText('eventID')],
        fields: {
          sequence: id,
          partitionKey: kinesis.text('partitionKey') ?? '',
          stream: stream.slice(stream.lastIndexOf('/') + 1),
          ...timeFields(typeof arrived === 'number' ? isoOf(arrived * 1_000) : undefined),
        },
      });
    },
  };
}

/** One message of SNS. */
export function itemOfSns(record: unknown, path: string): Item {
  const fields = new Fields(record, path);
  const sns = fields.object('Sns') ?? fields.wrong('Sns', 'the message');
  const id = sns.mustText('MessageId');
  return {
    id,
    happenings: () =>
      happeningsIn(sns.mustText('Message'), {
        key: ['sns', id],
        fields: { messageId: id, ...timeFields(sns.text('Timestamp')) },
      }),
  };
}

const isoOf = (ms: number): string | undefined => (Number.isFinite(ms) ? new Date(ms).toISOString() : undefined);
