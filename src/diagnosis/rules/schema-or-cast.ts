import { findThrown, type Rule } from '../rule.js';

/** The data is not what the job takes it for. */
export const schemaOrCast: Rule = {
  code: 'SCHEMA_OR_CAST',
  about: 'The data has another type, format or range than the job reads or casts it to.',
  transient: false,
  next: [
    'Look at the data: spark.read… .printSchema(), and the rows that do not fit (badRecordsPath, or mode PERMISSIVE with columnNameOfCorruptRecord)',
    'Where a null may stand for what does not fit: try_cast, or spark.sql.ansi.enabled=false',
    'Where files differ: mergeSchema, or the schema that they really have',
  ],
  match: (view) =>
    findThrown(view, [
      { says: /CAST_INVALID_INPUT|CAST_OVERFLOW|CANNOT_PARSE_(?:TIMESTAMP|DECIMAL)|INVALID_(?:ARRAY|MAP)_INDEX|DIVIDE_BY_ZERO|ARITHMETIC_OVERFLOW|NUMERIC_VALUE_OUT_OF_RANGE|CANNOT_UP_CAST|INCOMPATIBLE_DATA_FOR_TABLE|INCONSISTENT_BEHAVIOR_CROSS_VERSION|CANNOT_MERGE_SCHEMA|FAILED_READ_FILE|MALFORMED_RECORD|MALFORMED_CSV|UNABLE_TO_INFER_SCHEMA|CANNOT_ACCEPT_OBJECT_IN_TYPE|CANNOT_MERGE_TYPE|CANNOT_DETERMINE_TYPE|DATATYPE_MISMATCH\.CAST/ }, // prettier-ignore
      { type: /(?:SchemaColumnConvertNotSupportedException|ParquetDecodingException|SparkUpgradeException|BadRecordException|MalformedInputException|AvroTypeException|SparkNumberFormatException|SparkArithmeticException|SparkDateTimeException)$/ }, // prettier-ignore
      { says: /Parquet column cannot be converted|is not a Parquet file|Could not read footer for file|Failed (?:to merge|merging) (?:fields|schema|incompatible)|Malformed records? (?:are|is) detected|Unable to infer schema for|[Cc]annot (?:up )?cast |Cannot safely cast|Cannot write (?:incompatible data|to .{1,200}(?:mismatch|not enough|too many) )|Malformed ORC file|invalid input syntax for type|due to data type mismatch: cannot cast|divide by zero|[Oo]verflow in |Not an Avro data file|not a valid Parquet|magic number/ }, // prettier-ignore
      { lang: 'python', says: /can(?:not|t|'t) accept object .{1,300} in type|Can not (?:merge|infer) (?:type|schema)|Some of types cannot be determined/ }, // prettier-ignore
      { lang: 'python', type: /(?:ArrowInvalid|ArrowTypeError)$/ },
      { lang: 'java', type: /ClassCastException$|NumberFormatException$|DateTimeException$|DateTimeParseException$|ArithmeticException$/ }, // prettier-ignore
    ]),
};
