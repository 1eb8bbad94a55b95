import { defineKind, group, tag, text } from './kind.js';

const operations = { get: 'getItem', put: 'putItem', update: 'updateItem', delete: 'deleteItem' } as const;

export const dynamodb = defineKind({
  what: 'Reads, writes, changes or deletes one item of a DynamoDB table',
  fields: {
    do: tag('get', 'put', 'update', 'delete'),
    table: text,
    /** In DynamoDB's own form: `{ id: { S: "…" } }`. */
    key: group.optional(),
    item: group.optional(),
  },
  with: 'GetItem, PutItem, UpdateItem, DeleteItem',
  permissions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
  build: ({ do: operation, table, key, item }, { problem }) => {
    const [needed, other] = operation === 'put' ? (['item', 'key'] as const) : (['key', 'item'] as const);
    const given = { key, item };
    if (given[needed] === undefined) problem(needed, `is missing: do: ${operation} needs it`);
    if (given[other] !== undefined) problem(other, `has no meaning with do: ${operation}`);
    return {
      type: 'task',
      resource: `arn:aws:states:::dynamodb:${operations[operation]}`,
      parameters: { TableName: table, Key: key, Item: item },
    };
  },
});
