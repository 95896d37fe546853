import { loadProject } from '@cuttle/project';
import { EXIT } from '../exit-code.js';
import { findStacks, type ProjectOptions } from '../project-lookup.js';
import { countDiagnostics, renderDiagnostics } from '../render/diagnostics.js';
import { plural } from '../render/quantity.js';
import { type CommandContext, writeResult } from './context.js';

/** Checks all documents of the stacks, offline. @returns the exit code */
export function validate(context: CommandContext, options: ProjectOptions): number {
  const loaded = findStacks(options, context.terminal.folder).map((stack) => loadProject(stack));
  const diagnostics = loaded.flatMap((entry) => entry.diagnostics);
  const isValid = diagnostics.every((entry) => entry.severity !== 'error');
  const summary = loaded.map(({ project }) => {
    const { sources, destinations, connections, pipelines } = project;
    const parts = [
      plural(sources.size, 'source'),
      plural(destinations.size, 'destination'),
      plural(connections.size, 'connection'),
      plural(pipelines.size, 'pipeline'),
    ];
    return `${project.name}: ${parts.join(', ')}`;
  });
  const verdict = isValid ? context.colours.green('valid') : context.colours.red('not valid');
  const counted = diagnostics.length === 0 ? '' : ` (${countDiagnostics(diagnostics)})`;
  const text = `${renderDiagnostics(diagnostics, context.colours)}${summary.join('\n')}\n${verdict}${counted}\n`;
  writeResult(context, text, { isValid, projects: loaded.map(({ project }) => project.name), diagnostics });
  return isValid ? EXIT.ok : EXIT.invalid;
}
