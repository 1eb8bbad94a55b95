import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import type { TestFn } from 'ava';
import { useProgram } from './stand-in-program.js';

/**
 * What session-manager-plugin does for a port forwarding: takes connections on the local port, and makes them at the far end,
 * where every name is this machine.
 */
const plugin = `
const net = require('node:net');
const fs = require('node:fs');
const [local, port] = process.argv.slice(2).map(Number);
fs.appendFileSync(__dirname + '/plugins', process.pid + '\\n');
net.createServer((client) => {
  const target = net.connect(port, '127.0.0.1', () => client.pipe(target).pipe(client));
  for (const [one, other] of [[client, target], [target, client]]) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}).listen(local, '127.0.0.1');
`;

/** What aws ssm start-session does: asks AWS, starts the plugin and waits for it. It does not take the plugin along when it is killed. */
const source = `
const fs = require('node:fs');
const { spawn } = require('node:child_process');
const args = process.argv.slice(2);
const of = (flag) => args[args.indexOf(flag) + 1];
const parameters = JSON.parse(of('--parameters'));
const target = of('--target');
fs.appendFileSync(__dirname + '/calls', JSON.stringify({ pid: process.pid, args, target, parameters }) + '\\n');
if (target === 'i-00000000') {
  console.error('\\nAn error occurred (TargetNotConnected) when calling the StartSession operation: i-00000000 is not connected.');
  process.exit(254);
}
const [local] = parameters.localPortNumber;
const [port] = parameters.portNumber;
const child = spawn(process.execPath, [__dirname + '/plugin.cjs', local, port], { stdio: 'inherit' });
child.on('exit', (code) => process.exit(code ?? 1));
`;

const shell = `#!/bin/sh
exec ${process.execPath} "$(dirname "$0")/aws.cjs" "$@"
`;

export interface SsmCall {
  readonly pid: number;
  readonly args: readonly string[];
  readonly target: string;
  readonly parameters: Readonly<Record<'host' | 'portNumber' | 'localPortNumber', readonly string[]>>;
}

/** Puts a stand-in for AWS's CLI, with its plugin, before the real one, for this test file. */
export function useFakeAws(test: TestFn): {
  readonly folder: () => string;
  readonly calls: () => Promise<readonly SsmCall[]>;
  /** The process ids of the plugins that were started. */
  readonly plugins: () => Promise<readonly number[]>;
} {
  const folder = useProgram(test, 'aws', { 'aws.cjs': source, 'plugin.cjs': plugin, aws: shell });
  const lines = async (name: string): Promise<readonly string[]> =>
    (await readFile(join(folder(), name), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  return {
    folder,
    calls: async () => (await lines('calls')).map((line) => JSON.parse(line) as SsmCall),
    plugins: async () => (await lines('plugins')).map(Number),
  };
}
