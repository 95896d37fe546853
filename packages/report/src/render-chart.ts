import type { QueryResult } from '@cuttle/warehouse';
import { type Loader, None, parse, type Spec, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** Size of a chart in pixels, axes included. */
export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** Colours that keep apart for people who see few, on white and on black. */
const COLOURS = ['#4878a8', '#e08a3c', '#5a9e6f', '#c8566b', '#8c74b4', '#7d8a96', '#b99b38', '#4aa3a8'];

const CONFIG = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  range: { category: COLOURS },
  view: { stroke: null },
  bar: { color: COLOURS[0] },
  line: { color: COLOURS[1], strokeWidth: 2 },
  axis: { labelFontSize: 11, titleFontSize: 11, titleFontWeight: 'normal', labelOverlap: true, domain: false },
  legend: { labelFontSize: 11, titleFontSize: 11, orient: 'bottom', columns: 4, titleFontWeight: 'normal' },
} as const;

/**
 * Draws rows as SVG, in this process. No address is ever opened, and marks are drawn without their links.
 *
 * @param spec Vega-Lite without data and size
 */
export async function renderChart(spec: object, result: QueryResult, size: ChartSize): Promise<string> {
  const values = result.rows.map((row) =>
    Object.fromEntries(result.columns.map(({ name }, index) => [name, row[index]])),
  );
  const whole = {
    ...spec,
    data: { values },
    width: size.width,
    height: size.height,
    autosize: { type: 'fit', contains: 'padding' },
    padding: 2,
    config: CONFIG,
  } as unknown as TopLevelSpec;
  const { spec: compiled } = compile(whole, { logger: SILENT });
  const view = new View(parse(compiled as Spec), { renderer: 'none', logLevel: None, loader: REFUSE });
  try {
    const svg = await view.toSVG();
    // The size is given by the page: wide charts shrink.
    return svg
      .replace(/ width="[\d.]+" height="[\d.]+"/, '')
      .replace(/<rect [^>]*fill="transparent"[^>]*\/>/, '')
      .replaceAll(/<\/?a>/g, '');
  } finally {
    view.finalize();
  }
}

const refuse = (): Promise<never> => Promise.reject(new Error('A chart may not load anything.'));

/** A link is drawn without its address. Refusing it would be a rejection that nobody awaits inside of Vega. */
const sanitize = (_address: string, options: { readonly context?: string }): Promise<{ href: string }> =>
  options.context === 'href' ? Promise.resolve({} as { href: string }) : refuse();

const REFUSE: Loader = { load: refuse, sanitize, http: refuse, file: refuse };

const SILENT = {
  level: () => SILENT,
  error: () => SILENT,
  warn: () => SILENT,
  info: () => SILENT,
  debug: () => SILENT,
} as never;
