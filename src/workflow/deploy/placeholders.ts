import { mapValue, type Value } from './model.js';

/** In front of names that no function has: where they stand in a definition, the deployed function's alias is put. */
export const PLACEHOLDER_PREFIX = 'livywire-placeholder-';

const placeholder: Readonly<Record<string, string>> = {
  [`${PLACEHOLDER_PREFIX}submit`]: '${SubmitFunction}',
  [`${PLACEHOLDER_PREFIX}status`]: '${StatusFunction}',
  [`${PLACEHOLDER_PREFIX}cancel`]: '${CancelFunction}',
};

/** Where each placeholder of a definition is filled from. */
export const aliasOfPlaceholder = {
  SubmitFunction: 'SubmitAlias',
  StatusFunction: 'StatusAlias',
  CancelFunction: 'CancelAlias',
} as const;

/** The definition with `${SubmitFunction}` and so on in the functions' places. */
export const withPlaceholders = (definition: object): Value =>
  mapValue(definition as Value, (one) => (typeof one === 'string' ? placeholder[one] : undefined));

/** Which placeholders it has. */
export const placeholdersIn = (definition: Value): readonly (keyof typeof aliasOfPlaceholder)[] => {
  const text = JSON.stringify(definition);
  return (Object.keys(aliasOfPlaceholder) as (keyof typeof aliasOfPlaceholder)[]).filter((name) =>
    text.includes(`"\${${name}}"`),
  );
};
