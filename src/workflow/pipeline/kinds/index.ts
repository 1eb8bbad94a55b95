/**
 * The table of step kinds: a row each, under the name that a description calls it by.
 * @module
 */
import { batch } from './batch.js';
import { codebuild } from './codebuild.js';
import { createCluster } from './create-cluster.js';
import { dynamodb } from './dynamodb.js';
import { ecs } from './ecs.js';
import { emrServerless } from './emr-serverless.js';
import { emrStep } from './emr-step.js';
import { events } from './events.js';
import { glueCrawler } from './glue-crawler.js';
import { glueJob } from './glue-job.js';
import { glueWorkflow } from './glue-workflow.js';
import { lambda } from './lambda.js';
import { livy } from './livy.js';
import { machine } from './machine.js';
import { raw } from './raw.js';
import { redshift } from './redshift.js';
import { sagemaker } from './sagemaker.js';
import { sns } from './sns.js';
import { sqs } from './sqs.js';
import { terminateCluster } from './terminate-cluster.js';

export const kinds = {
  livy,
  'emr-step': emrStep,
  'emr-serverless': emrServerless,
  'create-cluster': createCluster,
  'terminate-cluster': terminateCluster,
  'glue-job': glueJob,
  'glue-crawler': glueCrawler,
  'glue-workflow': glueWorkflow,
  redshift,
  lambda,
  batch,
  ecs,
  sagemaker,
  codebuild,
  dynamodb,
  sns,
  sqs,
  events,
  machine,
  task: raw,
} as const;

export type KindName = keyof typeof kinds;
