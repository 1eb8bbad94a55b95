import { type Value } from '../model.js';
import type { Expressions, TfValue } from './expressions.js';

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: string | Readonly<Record<string, Value>>;
  readonly Action: readonly string[];
  readonly Resource?: Value;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Value>>>>;
}

const listed = (value: Value): Value => (Array.isArray(value) ? (value as readonly Value[]) : [value]);

/** A policy as `data.aws_iam_policy_document` has it. */
export function policyDocument(document: Value, expressions: Expressions): TfValue {
  const { Statement } = document as unknown as { readonly Statement: readonly Statement[] };
  return { statement: Statement.map((one) => statement(one, expressions)) };
}

function statement(
  { Sid, Effect, Principal, Action, Resource, Condition }: Statement,
  expressions: Expressions,
): TfValue {
  const principals =
    Principal === undefined
      ? []
      : typeof Principal === 'string'
        ? [{ type: '*', identifiers: [Principal] }]
        : Object.entries(Principal).map(([type, who]) => ({ type, identifiers: expressions.value(listed(who)) }));
  const conditions = Object.entries(Condition ?? {}).flatMap(([test, all]) =>
    Object.entries(all).map(([variable, values]) => ({
      test,
      variable,
      values: asDocument(expressions.value(listed(values))),
    })),
  );
  return {
    ...(Sid !== undefined && { sid: Sid }),
    effect: Effect,
    ...(principals.length > 0 && { principals }),
    actions: Action,
    ...(Resource !== undefined && { resources: expressions.value(listed(Resource)) }),
    ...(conditions.length > 0 && { condition: conditions }),
  };
}

/** A policy document writes variables of policies, `${aws:userid}`, as `&{aws:userid}`. */
function asDocument(value: TfValue): TfValue {
  if (typeof value === 'string') return value.replaceAll('$${', '&{');
  return Array.isArray(value) ? (value as readonly TfValue[]).map(asDocument) : value;
}
