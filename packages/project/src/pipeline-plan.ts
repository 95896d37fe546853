import path from 'node:path';
import { ConfigError, isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import { stepsOf, syncsOf } from './check-references.js';
import { formatPosition } from './diagnostic.js';
import type { Project, ProjectDocument } from './document.js';
import { STEP_WORDS, type StepWord } from './step-schema.js';
import { didYouMean } from './suggest.js';

/** One step of a pipeline: syncs that run at the same time, or something else to do. */
export interface PipelineStep {
  /** Empty when the step is an action. */
  readonly connections: readonly string[];
  readonly action?: PipelineAction;
}

/** dbt models, or their tests only. */
export interface DbtAction {
  readonly kind: 'transform' | 'test';
  /** Folder of the dbt project, absolute. */
  readonly project: string;
  /** dbt's selection; empty selects everything. */
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  readonly vars: JsonObject;
}

/** Rows of a mart for a destination. */
export interface WriteBackAction {
  readonly kind: 'write_back';
  /** Schema and table. */
  readonly from: string;
  /** Name of the Destination. */
  readonly destination: string;
  readonly stream: string;
  readonly key: readonly string[];
}

/** What a step does besides moving data. */
export type PipelineAction =
  | DbtAction
  | WriteBackAction
  /** Files of dashboards, absolute. */
  | { readonly kind: 'report'; readonly dashboards: readonly string[] }
  /** A program and its arguments; no shell. */
  | { readonly kind: 'command'; readonly argv: readonly string[] };

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
    if (word === 'sync') return { connections: syncsOf(step) };
    return { connections: [], action: actionOf(project, pipeline, word, step[word] ?? null, index) };
  });
}

function actionOf(
  project: Project,
  pipeline: ProjectDocument,
  word: Exclude<StepWord, 'sync'>,
  value: Json,
  index: number,
): PipelineAction {
  switch (word) {
    case 'transform':
    case 'test':
      return dbtAction(project.root, word, value);
    case 'report':
      return { kind: 'report', dashboards: texts(value).map((file) => path.resolve(project.root, file)) };
    case 'command':
      return { kind: 'command', argv: texts(value) };
    case 'write_back':
      return writeBackAction(value);
    case 'branch': {
      const at = formatPosition(pipeline.yaml.keyAt(['steps', index, word]));
      const message = `${at} Pipeline "${pipeline.name}": this version cannot run a "${word}" step. Nothing was started.`;
      throw new ConfigError(message, { code: 'STEP_NOT_SUPPORTED' });
    }
    default: {
      const missing: never = word;
      return missing;
    }
  }
}

function dbtAction(root: string, kind: DbtAction['kind'], value: Json): DbtAction {
  const settings = isJsonObject(value) ? value : { project: value };
  return {
    kind,
    project: path.resolve(root, String(settings['project'])),
    select: texts(settings['select'] ?? []),
    exclude: texts(settings['exclude'] ?? []),
    vars: isJsonObject(settings['vars']) ? settings['vars'] : {},
  };
}

function writeBackAction(value: Json): WriteBackAction {
  const settings = isJsonObject(value) ? value : {};
  return {
    kind: 'write_back',
    from: String(settings['from']),
    destination: String(settings['destination']),
    stream: String(settings['stream']),
    key: texts(settings['key'] ?? []),
  };
}

function texts(value: Json): readonly string[] {
  return [value].flat().filter((part) => typeof part === 'string');
}
