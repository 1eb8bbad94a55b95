import { defineKind, json, text } from './kind.js';

export const events = defineKind({
  what: 'Puts one event on an EventBridge bus',
  fields: { source: text, type: text, detail: json, bus: text.optional() },
  permissions: ['events:PutEvents'],
  build: ({ source, type, detail, bus }) => ({
    type: 'task',
    resource: 'arn:aws:states:::events:putEvents',
    parameters: {
      Entries: [{ Source: source, DetailType: type, Detail: detail, ...(bus !== undefined && { EventBusName: bus }) }],
    },
  }),
});
