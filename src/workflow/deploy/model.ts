/** What is deployed, before it is written in anybody's format: CloudFormation's resources as data. */

export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };
export type Properties = Readonly<Record<string, Value>>;

/** A value that is known when it is deployed. */
export interface Parameter {
  readonly Type: 'String' | 'Number' | 'CommaDelimitedList' | `AWS::${string}` | `List<AWS::${string}>`;
  readonly Description: string;
  readonly Default?: string | number;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly (string | number)[];
  readonly ConstraintDescription?: string;
}

export interface Resource {
  readonly Type: string;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: 'Retain';
  readonly UpdateReplacePolicy?: 'Retain';
  readonly Properties: Properties;
}

export interface Output {
  readonly Description: string;
  readonly Value: Value;
}

/** All of it: by logical name, in the order in which a person reads it. */
export interface Deployment {
  readonly description: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly outputs: Readonly<Record<string, Output>>;
}

export const ref = (name: string): { readonly Ref: string } => ({ Ref: name });

export const att = (name: string, attribute: string): { readonly 'Fn::GetAtt': readonly [string, string] } => ({
  'Fn::GetAtt': [name, attribute],
});

/** `${Name}` in it is a parameter or a resource, `${AWS::Region}` and the like what CloudFormation knows. */
export const sub = (text: string): Value => (text.includes('${') ? { 'Fn::Sub': text } : text);

/** A text of parts, each a text or a reference. */
export const joined = (separator: string, parts: Value): Value => ({ 'Fn::Join': [separator, parts] });

const isGroup = (value: Value): value is { readonly [name: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same value with each of its parts that `change` gives another one for replaced. */
export function mapValue(value: Value, change: (one: Value) => Value | undefined): Value {
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) return (value as readonly Value[]).map((one) => mapValue(one, change));
  if (!isGroup(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapValue(one, change)]));
}

/** A value that is made when it is deployed. */
export type Intrinsic =
  | { readonly kind: 'ref'; readonly name: string }
  | { readonly kind: 'att'; readonly name: string; readonly attribute: string }
  | { readonly kind: 'sub'; readonly text: string }
  | { readonly kind: 'join'; readonly separator: string; readonly parts: Value };

/** What a value stands for, where it is no plain one. */
export function intrinsicOf(value: Value): Intrinsic | undefined {
  if (!isGroup(value)) return undefined;
  const { Ref: name, 'Fn::GetAtt': pair, 'Fn::Sub': text, 'Fn::Join': parts } = value;
  if (typeof name === 'string') return { kind: 'ref', name };
  if (typeof text === 'string') return { kind: 'sub', text };
  if (Array.isArray(pair)) return { kind: 'att', name: String(pair[0]), attribute: String(pair[1]) };
  if (Array.isArray(parts)) return { kind: 'join', separator: String(parts[0]), parts: parts[1] as Value };
  return undefined;
}
