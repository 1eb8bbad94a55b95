import { defineKind, eventRule, text } from './kind.js';

export const codebuild = defineKind({
  what: 'Runs a build of CodeBuild to its end',
  fields: { project: text },
  with: 'StartBuild',
  permissions: ['codebuild:StartBuild', 'codebuild:StopBuild', 'codebuild:BatchGetBuilds', ...eventRule],
  build: ({ project }) => ({
    type: 'task',
    resource: 'arn:aws:states:::codebuild:startBuild.sync',
    parameters: { ProjectName: project },
    result: { buildId: '$.Build.Id', status: '$.Build.BuildStatus' },
  }),
});
