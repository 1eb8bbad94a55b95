import { stringify } from 'yaml';
import { VERSION } from '../core/index.js';
import {
  cfnTemplate,
  type DeployOptions,
  describeDeployment,
  samTemplate,
  terraformFiles,
  terraformVariables,
} from '../workflow/index.js';
import { zipFunctions } from './function-zips.js';
import { type OwnFile, writeOwned } from './owned-folder.js';

export type SynthFormat = 'cfn' | 'sam' | 'terraform' | 'asl';

export interface SynthWish {
  readonly options: Omit<DeployOptions, 'code' | 'version'>;
  readonly format: SynthFormat;
  readonly folder: string;
  /** Where the handlers' bundles are. @defaultValue the package's own */
  readonly bundles: string | undefined;
  /** Overwrites what livywire did not write. */
  readonly force: boolean;
}

/** What was written. */
export interface Synthesized {
  readonly files: readonly string[];
  /** Parameters that have no value yet. */
  readonly open: readonly string[];
  readonly hasFunctions: boolean;
  readonly hasRoles: boolean;
}

/** Writes a machine and all it needs as a template, with the functions' code. @throws ConfigError before anything is written */
export async function synthesize({ options, format, folder, bundles, force }: SynthWish): Promise<Synthesized> {
  const given = { ...options, version: VERSION };
  // Whatever is wrong with the options is told before the code is looked for.
  const { hasFunctions } = describeDeployment({ ...given, code: noCode });
  const zips = hasFunctions && format !== 'asl' ? await zipFunctions(bundles) : [];
  const code = {
    ...noCode,
    ...Object.fromEntries(zips.map(({ handler, file, sha256 }) => [handler, { file, sha256 }])),
  };
  const made = describeDeployment({ ...given, code });
  const { deployment, definition } = made;
  const asl: OwnFile = { name: 'machine.asl.json', content: `${JSON.stringify(definition, undefined, 2)}\n` };
  const template = {
    cfn: () => [yamlFile(cfnTemplate(deployment))],
    sam: () => [yamlFile(samTemplate(deployment, { code }))],
    terraform: () => [...terraformFiles(deployment, { code }), asl],
    asl: () => [asl],
  }[format]();
  const files = [...template, ...zips.map(({ file, bytes }) => ({ name: file, content: bytes }))];
  await writeOwned(folder, files, force);
  return {
    files: files.map(({ name }) => name),
    open: Object.entries(format === 'terraform' ? terraformVariables(deployment) : deployment.parameters)
      .filter(([name, { Default }]) => Default === undefined && !(format === 'sam' && name === 'CodeBucket'))
      .map(([name]) => name),
    hasFunctions,
    hasRoles: Object.values(deployment.resources).some(({ Type }) => Type.startsWith('AWS::IAM::')),
  };
}

const none = { file: '', sha256: '' };
const noCode: DeployOptions['code'] = { submit: none, status: none, cancel: none, diagnose: none, watch: none };

/** YAML 1.1, which is what AWS's tools read: there a bare 2012-10-17 is a date, and `on` is true. */
const yamlFile = (template: object): OwnFile => ({
  name: 'template.yaml',
  content: stringify(template, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 120, blockQuote: 'literal' }),
});
