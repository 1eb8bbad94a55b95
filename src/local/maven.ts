import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeXml } from './conf.js';
import { coordinates, jarFileName, type LockedJar } from './lock.js';
import { runTool } from './tool.js';
import { trustOptions } from './trust-store.js';

/** A program that gets jars out of a Maven repository, with the person's own settings, mirrors and local cache. */
export type JarTool =
  | { readonly kind: 'mvn'; readonly mvn: string }
  /** Apache Ivy is among PySpark's jars, for `--packages`. */
  | {
      readonly kind: 'ivy';
      readonly ivyJar: string;
      readonly javaHome: string;
      /** Whether that Java is one that we fetched: it trusts nobody but the public authorities of its day. */
      readonly isOurJava: boolean;
    };

/** A POM whose one act is to copy exactly these jars, each under our name for it. Nothing is resolved transitively. */
export function copyPom(jars: readonly LockedJar[], outDir: string): string {
  const items = jars.map((jar) => {
    const { group, artifact, version, classifier } = coordinates(jar);
    return [
      '<artifactItem>',
      `<groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version><type>jar</type>`,
      classifier === undefined ? '' : `<classifier>${classifier}</classifier>`,
      `<destFileName>${jarFileName(jar)}</destFileName>`,
      '</artifactItem>',
    ].join('');
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>livywire</groupId><artifactId>local</artifactId><version>1</version><packaging>pom</packaging>
<build><plugins><plugin>
<groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId>
<configuration>
<outputDirectory>${escapeXml(outDir)}</outputDirectory>
<artifactItems>
${items.join('\n')}
</artifactItems>
</configuration>
</plugin></plugins></build>
</project>
`;
}

/** The same list for Ivy: each dependency names its one jar, so that poms are read but not followed. */
export function ivyFile(jars: readonly LockedJar[]): string {
  const lines = jars.map((jar) => {
    const { group, artifact, version, classifier } = coordinates(jar);
    const extra = classifier === undefined ? '' : ` m:classifier="${classifier}"`;
    return (
      `<dependency org="${group}" name="${artifact}" rev="${version}" transitive="false" conf="default->*">` +
      `<artifact name="${artifact}" type="jar" ext="jar"${extra}/></dependency>`
    );
  });
  return `<ivy-module version="2.0" xmlns:m="http://ant.apache.org/ivy/maven">
<info organisation="livywire" module="local"/>
<configurations><conf name="default"/></configurations>
<dependencies>
${lines.join('\n')}
</dependencies>
</ivy-module>
`;
}

/**
 * Gets these jars into `outDir`, unverified.
 * @throws LocalError with the tool's last lines when it could not
 */
export async function getJars(
  tool: JarTool,
  jars: readonly LockedJar[],
  outDir: string,
  options: { readonly onJar: (name: string) => void; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const work = join(outDir, '.list');
  await mkdir(work, { recursive: true });
  const { onJar, signal } = options;
  if (tool.kind === 'mvn') {
    await writeFile(join(work, 'pom.xml'), copyPom(jars, outDir));
    const onLine = (line: string): void => {
      const name = /Downloaded from .*\/([^/\s]+\.jar) /.exec(line)?.[1];
      if (name !== undefined) onJar(name);
    };
    await runTool(tool.mvn, ['-B', 'dependency:copy'], { cwd: work, onLine, signal });
    return;
  }
  await writeFile(join(work, 'ivy.xml'), ivyFile(jars));
  const onLine = (line: string): void => {
    const name = /\[SUCCESSFUL \] \S*!(\S+)/.exec(line)?.[1];
    if (name !== undefined) onJar(name);
  };
  const pattern = join(outDir, '[organisation]@[artifact]@[revision](@[classifier]).[ext]');
  const trust = tool.isOurJava ? await trustOptions(join(work, 'trust.jks')) : [];
  const ivy = [
    ...trust,
    '-cp',
    tool.ivyJar,
    'org.apache.ivy.Main',
    '-ivy',
    'ivy.xml',
    '-confs',
    'default',
    '-retrieve',
    pattern,
  ];
  await runTool(join(tool.javaHome, 'bin', 'java'), ivy, { cwd: work, onLine, signal });
}
