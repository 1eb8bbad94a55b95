import { findThrown, type Rule } from '../rule.js';

const PICKLE =
  /[Cc]annot pickle|[Cc]an't pickle|Could not serialize object|Could not pickle|attribute lookup .{1,200} failed/;

/** What is sent to the executors, or back, cannot be sent. */
export const serialization: Rule = {
  code: 'SERIALIZATION',
  about: 'A function or a value cannot be sent between driver and executors, or is too large to be.',
  transient: false,
  next: [
    'Make what cannot travel (connections, locks, the SparkSession) within the function that runs in the executors, for instance once per partition with foreachPartition',
    'Take into the function only the values it needs, not the object that holds them',
  ],
  match: (view) =>
    findThrown(view, [
      { type: /NotSerializableException$/ },
      { says: /Task not serializable|not serializable result|java\.io\.NotSerializableException/ },
      { type: /PicklingError$|SerializationError$/ },
      { lang: 'python', type: /(?:^|\.)(?:TypeError|AttributeError|PySparkRuntimeError|RuntimeError)$/, says: PICKLE },
      {
        says: /CONTEXT_ONLY_VALID_ON_DRIVER|attempting to reference SparkContext from a broadcast variable|SPARK-5063/,
      },
      {
        says: /Kryo serialization failed: Buffer overflow/,
        next: ['Let single values be larger: --conf spark.kryoserializer.buffer.max=512m (64m by default)'],
      },
      {
        says: /Serialized task \S{1,40} was \d{1,15} bytes, which exceeds max allowed/,
        next: [
          'Send large values by sc.broadcast(), not within the function; or --conf spark.rpc.message.maxSize=512 (MiB)',
        ],
      },
    ]),
};
