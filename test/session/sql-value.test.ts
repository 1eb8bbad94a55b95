import test from 'ava';
import fc from 'fast-check';
import { parseLossless, parseStatement, plainJson } from '../../src/session/lossless.js';
import { decimalText, readValue, type SqlValue } from '../../src/session/sql-value.js';
import type { SqlType } from '../../src/session/sql-type.js';

// Livy's way of writing a value, as its recordings show it for each type; the property holds the reader to all of it.
interface Case {
  readonly type: SqlType;
  readonly value: SqlValue;
  /** As it stands in Livy's answer. */
  readonly json: string;
}

const text = (value: string): string => JSON.stringify(value);
const day = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
const of = (type: string, values: fc.Arbitrary<SqlValue>, write: (value: never) => string): fc.Arbitrary<Case> =>
  values.map((value) => ({ type, value, json: write(value as never) }));

const decimals = fc
  .record({
    scale: fc.integer({ min: 0, max: 18 }),
    digits: fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
  })
  .chain(({ scale, digits }) => {
    const all = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
    const whole = all.slice(0, all.length - scale);
    const value = `${digits < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${all.slice(-scale)}`}`;
    // Java writes small ones with a power of ten, and Livy has been seen to leave out zeros at the end.
    const written = [value, `${digits}E-${scale}`, ...(scale > 0 ? [value.replace(/0+$/, '0')] : [])];
    return fc.constantFrom(...written).map((json) => ({ type: `decimal(38,${scale})`, value, json }));
  });

const simple: readonly fc.Arbitrary<Case>[] = [
  of('byte', fc.integer({ min: -128, max: 127 }), String),
  of('short', fc.integer({ min: -32_768, max: 32_767 }), String),
  of('integer', fc.integer(), String),
  of('long', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), String),
  of('double', fc.double(), (value: number) =>
    Number.isFinite(value) ? (Object.is(value, -0) ? '-0.0' : String(value)) : text(String(value)),
  ),
  of('float', fc.float({ noNaN: true }), (value: number) =>
    Number.isFinite(value) ? (Object.is(value, -0) ? '-0.0' : String(value)) : text(String(value)),
  ),
  of('boolean', fc.boolean(), String),
  of('string', fc.string({ unit: 'binary' }), text),
  of(
    'date',
    day.map((date) => date.toISOString().slice(0, 10)),
    text,
  ),
  of(
    'timestamp',
    day.map((date) => new Date(Math.floor(date.getTime() / 1_000) * 1_000)),
    (value: Date) => text(value.toISOString().replace('.000Z', 'Z')),
  ),
  of('binary', fc.uint8Array(), (value: Uint8Array) => JSON.stringify([...Int8Array.from(value)])),
  decimals,
  fc.constant({ type: 'void', value: null, json: 'null' }),
];

const row = (cases: readonly Case[]): Case => {
  const names = cases.map((_, i) => `f${i}`);
  return {
    type: { type: 'struct', fields: cases.map(({ type }, i) => ({ name: names[i] ?? '', type, nullable: true })) },
    value: Object.fromEntries(cases.map(({ value }, i): [string, SqlValue] => [names[i] ?? '', value])),
    json: `{"schema":${JSON.stringify(names.map((name) => ({ name, dataType: {}, nullable: true, metadata: { map: {} } })))},"values":[${cases.map(({ json }) => json).join(',')}]}`,
  };
};

/** Many of one type, some of them null. */
const several = (one: fc.Arbitrary<Case>): fc.Arbitrary<readonly [SqlType, readonly Case[]]> =>
  fc
    .tuple(one, fc.array(fc.boolean(), { maxLength: 4 }))
    .map(([first, nulls]) => [
      first.type,
      nulls.map((isNull) => (isNull ? { type: first.type, value: null, json: 'null' } : first)),
    ]);

const { value: anyCase } = fc.letrec<{ value: Case }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(...simple),
    several(tie('value')).map(([elementType, items]) => ({
      type: { type: 'array', elementType } as const,
      value: items.map(({ value }) => value),
      json: `[${items.map(({ json }) => json).join(',')}]`,
    })),
    fc
      .tuple(
        several(tie('value')),
        fc
          // JavaScript puts keys that are numbers first; Spark's maps have no order.
          .uniqueArray(fc.string(), { minLength: 4, maxLength: 4 })
          .map((keys) => keys.map((key) => `k${key}`)),
      )
      .map(([[valueType, items], keys]) => ({
        type: { type: 'map', keyType: 'string', valueType } as const,
        value: new Map(items.map(({ value }, i) => [keys[i] as SqlValue, value])),
        json: `{${items.map(({ json }, i) => `${text(keys[i] ?? '')}:${json}`).join(',')}}`,
      })),
    fc.array(tie('value'), { maxLength: 4 }).map(row),
  ),
}));

test('a value of every type, alone or within others, is read as what it was', (t) => {
  fc.assert(
    fc.property(anyCase, ({ type, value, json }) => {
      t.deepEqual(readValue(type, parseLossless(json)), value);
    }),
    { numRuns: 500 },
  );
});

test('a map whose keys are no text has keys of their type', (t) => {
  const map = (keyType: SqlType, json: string) =>
    readValue({ type: 'map', keyType, valueType: 'string' }, parseLossless(json));
  t.deepEqual(map('long', '{"9007199254740993":"a"}'), new Map([[9007199254740993n, 'a']]));
  t.deepEqual(map('integer', '{"-1":"a"}'), new Map([[-1, 'a']]));
  t.deepEqual(map('boolean', '{"true":"a"}'), new Map([[true, 'a']]));
  t.deepEqual(map('date', '{"2026-11-22":"a"}'), new Map([['2026-11-22', 'a']]));
  t.deepEqual(map('string', '{"1":"a"}'), new Map([['1', 'a']]));
});

test('a value that is not what its type promises is handed on as it came', (t) => {
  for (const type of [
    'long',
    'integer',
    'double',
    'decimal(3,1)',
    'timestamp',
    'binary',
    'boolean',
    'interval second',
    'unknown',
  ]) {
    t.is(readValue(type, 'odd'), 'odd');
    t.deepEqual(readValue(type, parseLossless('{"a":[9007199254740993, 1.5]}')), {
      a: [9007199254740993n, 1.5],
    } as SqlValue);
  }
  t.deepEqual(readValue({ type: 'struct', fields: [] }, 3), 3);
  t.deepEqual(readValue({ type: 'array', elementType: 'long' }, 'x'), 'x');
  t.deepEqual(readValue({ type: 'map', keyType: 'string', valueType: 'long' }, 'x'), 'x');
});

test('a column called __proto__ is a column', (t) => {
  const struct = readValue(
    { type: 'struct', fields: [{ name: '__proto__', type: 'long', nullable: true }] },
    parseLossless('{"values":[1]}'),
  );
  t.deepEqual(Object.entries(struct as object), [['__proto__', 1n]]);
  t.deepEqual(Object.entries(plainJson(parseLossless('{"__proto__":1}')) as object), [['__proto__', 1]]);
});

test('a decimal has all digits of its scale, and no others', (t) => {
  for (const [digits, scale, words] of [
    ['1.5', 2, '1.50'],
    ['15E-1', 2, '1.50'],
    ['0E-18', 18, '0.000000000000000000'],
    ['-0.10', 2, '-0.10'],
    ['-0.00', 2, '0.00'],
    ['1E+3', 0, '1000'],
    ['12345678901234567890.12', 2, '12345678901234567890.12'],
    ['7', 0, '7'],
    ['1.505', 2, '1.505'],
  ] as const) {
    t.is(decimalText(digits, scale), words);
  }
});

test('what surrounds an output is read as numbers, whatever they look like', (t) => {
  t.deepEqual(parseStatement('{"id":1,"progress":0.5,"started":1795394084450,"output":null}'), {
    id: 1,
    progress: 0.5,
    started: 1795394084450,
    output: null,
  });
});
