import fs from 'node:fs';
import { isJsonObject, type JsonSchema, specPattern } from '@cuttle/protocol';
import { configSchema, overrideSchema } from './config-schema.js';
import { readConnectorSpec } from './connector-spec.js';
import { type Diagnostic, errorAt, warningAt } from './diagnostic.js';
import type { ConnectorEntry, Project, ProjectDocument } from './document.js';
import { compileSchema, type SchemaCheck } from './schema-errors.js';

/** Checks each `config`, and each override of a target, against the spec of its connector. */
export function checkConfigs(project: Project): readonly Diagnostic[] {
  const checks = new ConfigChecks();
  const actors = [...actorsOf(project, 'source'), ...actorsOf(project, 'destination')];
  const own = actors.flatMap(({ document, connector }) => {
    const checked = checks.of(connector);
    if ('problem' in checked) {
      return [warningAt(document.yaml.at(['connector']), 'CONFIG_NOT_CHECKED', checked.problem)];
    }
    const { patterns } = checked;
    const place = document.yaml.at(['connector']);
    const notes = patterns.map((pattern) => warningAt(place, 'PATTERN_NOT_CHECKED', patternNote(connector, pattern)));
    return [...notes, ...checked.config.check(document.yaml, document.value['config'], ['config'])];
  });
  return [...own, ...overrides(project, checks)];
}

function overrides(project: Project, checks: ConfigChecks): readonly Diagnostic[] {
  const settings = project.settings;
  if (settings === undefined || !isJsonObject(settings.value['targets'])) return [];
  const actors = [...actorsOf(project, 'source'), ...actorsOf(project, 'destination')];
  return Object.entries(settings.value['targets']).flatMap(([target, value]) => {
    const overridden = isJsonObject(value) && isJsonObject(value['configOverrides']) ? value['configOverrides'] : {};
    return Object.entries(overridden).flatMap(([name, config]) => {
      const path = ['targets', target, 'configOverrides', name];
      const matching = actors.filter((actor) => actor.document.name === name);
      if (matching.length > 1) {
        const message = `"${name}" names a source and a destination; give them different names to override one.`;
        return [errorAt(settings.yaml.keyAt(path), 'OVERRIDE_AMBIGUOUS', message)];
      }
      const checked = matching[0] === undefined ? undefined : checks.of(matching[0].connector);
      return checked !== undefined && 'override' in checked ? checked.override.check(settings.yaml, config, path) : [];
    });
  });
}

interface Actor {
  readonly document: ProjectDocument;
  readonly connector: ConnectorEntry;
}

function actorsOf(project: Project, role: 'source' | 'destination'): readonly Actor[] {
  const documents = role === 'source' ? project.sources : project.destinations;
  const entries = role === 'source' ? project.sourceConnectors : project.destinationConnectors;
  return [...documents.values()].flatMap((document) => {
    const connector = entries.get(String(document.value['connector']));
    return connector === undefined ? [] : [{ document, connector }];
  });
}

type Checked =
  | {
      readonly config: SchemaCheck;
      readonly override: SchemaCheck;
      /** Patterns of the spec that are no regular expressions here. */
      readonly patterns: readonly string[];
    }
  | { readonly problem: string };

/** Compiles the schema of each connector once. */
class ConfigChecks {
  private readonly compiled = new Map<ConnectorEntry, Checked>();

  of(connector: ConnectorEntry): Checked {
    const known = this.compiled.get(connector);
    if (known !== undefined) return known;
    const checked = compile(connector);
    this.compiled.set(connector, checked);
    return checked;
  }
}

function compile(connector: ConnectorEntry): Checked {
  const label = `${connector.role} connector "${connector.key}"`;
  if (connector.folder === undefined) return { problem: `The config is not checked: ${label} has no path.` };
  const spec = readConnectorSpec(connector.folder);
  if (spec === undefined) {
    const reason = fs.existsSync(connector.folder) ? 'has no resources/spec.json' : 'does not exist';
    return { problem: `The config is not checked: the folder of ${label} ${reason}.` };
  }
  const schema = configSchema(spec, `Config of ${connector.key}`);
  const override = compileSchema(overrideSchema(schema));
  return { config: compileSchema(schema), override, patterns: unreadablePatterns(spec) };
}

function unreadablePatterns(schema: JsonSchema): readonly string[] {
  const found = Object.entries(schema).flatMap(([key, value]): readonly string[] => {
    if (key === 'pattern' && typeof value === 'string') return specPattern(value) === undefined ? [value] : [];
    const parts = Array.isArray(value) ? value : [value];
    return parts.filter(isJsonObject).flatMap(unreadablePatterns);
  });
  return [...new Set(found)];
}

function patternNote(connector: ConnectorEntry, pattern: string): string {
  return `The spec of ${connector.role} connector "${connector.key}" has the pattern ${pattern.slice(0, 100)}, which is no regular expression of JavaScript; texts are not checked against it.`;
}
