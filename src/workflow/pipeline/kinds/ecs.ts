import { defineKind, eventRule, list, tag, text } from './kind.js';

export const ecs = defineKind({
  what: 'Runs a task of ECS, on Fargate unless said otherwise, to its end',
  fields: {
    cluster: text,
    definition: text,
    launchType: tag('FARGATE', 'EC2', 'EXTERNAL').optional(),
    subnets: list.optional(),
    securityGroups: list.optional(),
  },
  with: 'RunTask',
  permissions: ['ecs:RunTask', 'ecs:StopTask', 'ecs:DescribeTasks', 'iam:PassRole', ...eventRule],
  build: ({ cluster, definition, launchType = 'FARGATE', subnets, securityGroups }) => ({
    type: 'task',
    resource: 'arn:aws:states:::ecs:runTask.sync',
    parameters: {
      Cluster: cluster,
      TaskDefinition: definition,
      LaunchType: launchType,
      ...(subnets && {
        NetworkConfiguration: { AwsvpcConfiguration: { Subnets: subnets, SecurityGroups: securityGroups } },
      }),
    },
  }),
});
