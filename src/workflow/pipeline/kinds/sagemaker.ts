import { defineKind, eventRule, tag, text } from './kind.js';

const jobs = {
  training: ['createTrainingJob', 'TrainingJobName'],
  transform: ['createTransformJob', 'TransformJobName'],
  processing: ['createProcessingJob', 'ProcessingJobName'],
} as const;

export const sagemaker = defineKind({
  what: 'Runs a training, transform or processing job of SageMaker to its end',
  fields: { job: tag('training', 'transform', 'processing'), name: text },
  with: 'CreateTrainingJob, CreateTransformJob, CreateProcessingJob',
  permissions: [
    'sagemaker:CreateTrainingJob',
    'sagemaker:DescribeTrainingJob',
    'sagemaker:StopTrainingJob',
    'sagemaker:CreateTransformJob',
    'sagemaker:DescribeTransformJob',
    'sagemaker:StopTransformJob',
    'sagemaker:CreateProcessingJob',
    'sagemaker:DescribeProcessingJob',
    'sagemaker:StopProcessingJob',
    'sagemaker:AddTags',
    'iam:PassRole',
    ...eventRule,
  ],
  build: ({ job, name }) => {
    const [operation, nameField] = jobs[job];
    return {
      type: 'task',
      resource: `arn:aws:states:::sagemaker:${operation}.sync`,
      parameters: { [nameField]: name },
    };
  },
});
