/** A type as Spark writes it into a schema: `long`, `decimal(10,2)`, or one that is made of others. */
export type SqlType =
  | string
  | { readonly type: 'array'; readonly elementType: SqlType }
  | { readonly type: 'map'; readonly keyType: SqlType; readonly valueType: SqlType }
  | { readonly type: 'struct'; readonly fields: readonly SqlColumn[] };

export interface SqlColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** A type that nobody knows is `unknown`: its values are handed on as they came. */
function readType(value: unknown): SqlType {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return 'unknown';
  switch (value.type) {
    case 'array':
      return { type: 'array', elementType: readType(value.elementType) };
    case 'map':
      return { type: 'map', keyType: readType(value.keyType), valueType: readType(value.valueType) };
    case 'struct':
      return { type: 'struct', fields: readColumns(value) ?? [] };
    case 'udt':
      return readType(value.sqlType);
    default:
      return 'unknown';
  }
}

/** The columns of a schema; `undefined` for what is none. */
export function readColumns(schema: unknown): readonly SqlColumn[] | undefined {
  if (!isObject(schema) || schema.type !== 'struct' || !Array.isArray(schema.fields)) return undefined;
  return (schema.fields as unknown[]).map((field) => {
    const { name, type, nullable } = isObject(field) ? field : ({} as Fields);
    return { name: typeof name === 'string' ? name : '', type: readType(type), nullable: nullable !== false };
  });
}

/** `array<int>` as SQL has it, for people. */
export function typeWords(type: SqlType): string {
  if (typeof type === 'string') return type;
  switch (type.type) {
    case 'array':
      return `array<${typeWords(type.elementType)}>`;
    case 'map':
      return `map<${typeWords(type.keyType)},${typeWords(type.valueType)}>`;
    case 'struct':
      return `struct<${type.fields.map((field) => `${field.name}:${typeWords(field.type)}`).join(',')}>`;
  }
}
