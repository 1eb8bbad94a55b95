import { findThrown, type Rule } from '../rule.js';

/** The catalog itself is in trouble, not what was asked of it. */
export const hiveMetastore: Rule = {
  code: 'HIVE_METASTORE',
  about: 'The Hive metastore (or the Glue catalog in its place) could not be reached or opened.',
  transient: 'sometimes',
  next: [
    'See that it runs and can be reached from the cluster: hive.metastore.uris (thrift://host:9083)',
    'For Glue: hive.metastore.client.factory.class of AWSGlueDataCatalogHiveClientFactory, and the role may glue:Get*',
  ],
  unproven: 'no metastore was at hand; the words are those of Hive and Glue',
  match: (view) =>
    findThrown(view, [
      { says: /Could not connect to meta store using any of the URIs provided.{0,200}/, title: (_, words) => words?.[0] ?? '', transient: true }, // prettier-ignore
      { says: /Unable to instantiate \S{1,120}MetaStoreClient|Error creating transactional connection factory|Unable to open a test connection to the given database/ }, // prettier-ignore
      { type: /MetaException$/ },
      { type: /TTransportException$/, transient: true },
    ]),
};
