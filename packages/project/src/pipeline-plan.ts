import { ConfigError } from '@cuttle/protocol';
import { stepsOf, syncsOf } from './check-references.js';
import { formatPosition } from './diagnostic.js';
import type { Project } from './document.js';
import { STEP_WORDS } from './document-schema.js';
import { didYouMean } from './suggest.js';

/** The syncs of one step; they run at the same time. */
export interface PipelineStep {
  readonly connections: readonly string[];
}

/**
 * The steps of a pipeline, in order. A name that is no pipeline but a connection is a pipeline of one step.
 *
 * @throws {ConfigError} `PIPELINE_UNKNOWN`; `STEP_NOT_SUPPORTED` for a step that this version cannot run, before
 *   anything runs
 */
export function planPipeline(project: Project, name: string): readonly PipelineStep[] {
  const pipeline = project.pipelines.get(name);
  if (pipeline === undefined) {
    if (project.connections.has(name)) return [{ connections: [name] }];
    const known = [...project.pipelines.keys(), ...project.connections.keys()];
    throw new ConfigError(
      `There is no pipeline or connection "${name}" in ${project.name}.${didYouMean(name, known)}`,
      { code: 'PIPELINE_UNKNOWN' },
    );
  }
  return stepsOf(pipeline).map((step, index) => {
    const word = STEP_WORDS.find((known) => Object.hasOwn(step, known)) ?? 'sync';
    if (word !== 'sync') {
      const at = formatPosition(pipeline.yaml.keyAt(['steps', index, word]));
      throw new ConfigError(
        `${at} Pipeline "${name}": this version cannot run a "${word}" step; it runs "sync" steps only. Nothing was started.`,
        { code: 'STEP_NOT_SUPPORTED' },
      );
    }
    return { connections: syncsOf(step) };
  });
}
