import { findThrown, findTold, type Rule } from '../rule.js';

/** The JVM does not find a class, or finds it in another version. */
export const classNotFound: Rule = {
  code: 'CLASS_NOT_FOUND',
  about: 'A class, a data source or a driver of the JVM is missing, or there in a version that does not fit.',
  transient: false,
  next: [
    'Send the jar that has it: --jars s3://bucket/lib.jar, or --packages group:artifact:version',
    "Take the build for this cluster's Spark and Scala: a jar for Scala 2.13 does not fit a Spark built with 2.12",
    'For your own main class: the package and the spelling of --class',
  ],
  match: (view) =>
    findThrown(view, [
      { says: /Failed to find data source: \S{1,200}|DATA_SOURCE_NOT_FOUND|Unsupported data source type/ },
      { says: /No suitable driver|DRIVER_NOT_FOUND/ },
      { type: /ClassNotFoundException$|NoClassDefFoundError$|UnsupportedClassVersionError$/ },
      {
        type: /(?:NoSuchMethodError|NoSuchFieldError|AbstractMethodError|IncompatibleClassChangeError|ExceptionInInitializerError)$/,
      },
      { type: /UnsupportedFileSystemException$|IOException$/, says: /^No FileSystem for scheme/ },
      { says: /Can not load class \S{1,200}|CANNOT_LOAD_FUNCTION_CLASS|Class \S{1,200} not found/ },
      { type: /NoSuchMethodException$/, says: /\.main\(/ },
    ]) ??
    findTold(view, [
      { says: /Failed to load class \S{1,200}/, title: ([words]) => words },
      {
        says: /Could not find or load main class (?!org\.apache\.spark\.deploy\.yarn)\S{1,200}/,
        title: ([words]) => words,
      },
      { says: /Unresolved dependency|unresolved dependency: \S{1,200}/ },
    ]),
};
