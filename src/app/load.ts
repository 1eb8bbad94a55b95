import type { RunReport } from '../report/index.js';
import type { drawPipeline as draw } from './draw-pipeline.js';

// What a command line may never need is loaded when it is asked for, not before. Programs import it as usual.

/** Wired services over settings. */
export const loadConnect = async () => (await import('./via.js')).connectVia;

/** Services over settings for a function: the same without a way of its own into the network, for there is no ssh. */
export const loadForFunction = () => import('./for-function.js');

/** The names under which runs of ours stand in a ledger. */
export const loadOurNames = async () => (await import('./actor.js')).ourNames;

/** What Livy's server wrote, as EMR copied it. */
export const loadLivyServerLog = async () => (await import('./livy-server-log.js')).livyServerLog;

/** EMR clusters, looked at. */
export const loadEmr = () => import('./look-at-emr.js');

/** The check of settings and servers. */
export const loadDoctor = async () => (await import('./doctor-via.js')).diagnoseVia;

/** The local Livy and Spark. */
export const loadLocal = () => import('../local/index.js');

/** State machines of Step Functions, as data. */
export const loadWorkflow = () => import('../workflow/index.js');

/** A machine and all it needs as a template, written to a folder. */
export const loadSynth = () => import('./synth.js');

/** The text of a pipeline's description, read. @throws PipelineError where it is no YAML */
export const readPipelineText = async (text: string, source: string) =>
  (await import('./pipeline-file.js')).readPipelineText(text, source);

/** A picture of a pipeline, or of an execution of it. */
export const drawPipeline = async (...given: Parameters<typeof draw>) =>
  (await import('./draw-pipeline.js')).drawPipeline(...given);

/** The rules that say why a run failed, and the files they can be tried on. */
export const loadDiagnosis = async () => {
  const [{ codes, diagnose, hasSucceeded }, { isFile, logLines, readLogFile }] = await Promise.all([
    import('../diagnosis/index.js'),
    import('./log-files.js'),
  ]);
  return { codes, diagnose, hasSucceeded, isFile, logLines, readLogFile };
};

/** What is known about a run, gathered, and the page that shows it. */
export const loadReport = async () => {
  const [{ gatherReport, reportOfEventLog }, { pageAssets, renderPage }] = await Promise.all([
    import('./gather-report.js'),
    import('../report/index.js'),
  ]);
  return {
    gatherReport,
    reportOfEventLog,
    renderPage: async (report: RunReport) => renderPage(report, await pageAssets()),
  };
};
