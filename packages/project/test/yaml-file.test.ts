import { Scalar } from 'yaml';
import { formatDocuments } from '../src/index.js';
import { parseYamlBytes, readYamlFile } from '../src/yaml-file.js';
import { SOUND, testStack } from './stack.js';

function findings(text: string | Buffer): readonly string[] {
  const { diagnostics } = parseYamlBytes(Buffer.from(text), 'a.yaml');
  return diagnostics.map((entry) => `${entry.line}:${entry.column} ${entry.code}`);
}

describe('YAML files', () => {
  it('F-APP-10 refuses duplicate keys with file, line and column', () => {
    expect(findings('kind: Source\nname: a\nname: b\n')).toEqual(['3:1 YAML_DUPLICATE_KEY']);
  });

  it('F-APP-10 finds duplicate keys in inner maps and in flow style, of any form', () => {
    expect(findings('kind: Source\nconfig: { a: 1, "a": 2 }\nlist:\n  - b: 1\n    1: 2\n    "1": 3\n')).toEqual([
      '2:17 YAML_DUPLICATE_KEY',
      '6:5 YAML_DUPLICATE_KEY',
    ]);
  });

  it('X-09 takes time in proportion to a map: 4 times the keys, no 16 times the work', () => {
    // Not time is counted but how often the value of a key is read: the parser's own check reads it for each pair of keys.
    const work = (count: number): number => {
      const keys = Array.from({ length: count }, (_, index) => `  k${index}: { sync: full refresh append }\n`);
      const values = new WeakMap<object, unknown>();
      let reads = 0;
      Object.defineProperty(Scalar.prototype, 'value', {
        configurable: true,
        get() {
          reads += 1;
          return values.get(this);
        },
        set(value: unknown) {
          values.set(this, value);
        },
      });
      const text = `kind: Connection\nstreams:\n${keys.join('')}`;
      const { documents, diagnostics } = parseYamlBytes(Buffer.from(text), 'a.yaml');
      for (let index = 0; index < count; index += 1) documents[0]!.keyAt(['streams', `k${index}`]);
      formatDocuments(text);
      Reflect.deleteProperty(Scalar.prototype, 'value');
      expect(diagnostics).toEqual([]);
      return reads;
    };
    expect(work(1200)).toBeLessThanOrEqual(4.2 * work(300));
  });

  it('X-05 takes an unknown tag for an error', () => {
    expect(findings('kind: Source\nname: !env TOKEN\n')).toEqual(['2:7 YAML_TAG_RESOLVE_FAILED']);
  });

  it('F-APP-10 refuses a tab as indentation', () => {
    expect(findings('kind: Source\nconfig:\n\turl: x\n')[0]).toMatch(/^3:\d+ YAML_TAB_AS_INDENT$/);
  });

  it('F-APP-10 refuses invalid UTF-8 and names line and column', () => {
    const bytes = Buffer.concat([Buffer.from('kind: Source\nname: a'), Buffer.from([0xff]), Buffer.from('\n')]);
    expect(findings(bytes)).toEqual(['2:8 DOCUMENT_NOT_UTF8']);
  });

  it('X-05 refuses an alias bomb', () => {
    const levels = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh'].map((pair) => [...pair])) {
      levels.push(`${to}: &${to} [*${from}, *${from}, *${from}, *${from}, *${from}, *${from}, *${from}, *${from}]`);
    }
    expect(findings(levels.join('\n'))).toEqual(['1:1 YAML_ALIAS_BOMB']);
  });

  it('F-APP-10 does not see an anchor of another document', () => {
    expect(findings('kind: Source\nname: &n a\n---\nkind: Source\nname: *n\n')).toEqual(['5:7 YAML_UNKNOWN_ALIAS']);
  });

  it('F-APP-10 refuses a file of 50 MB without reading it', () => {
    const stack = testStack({ 'big.yaml': Buffer.alloc(50 * 1024 * 1024, 0x20) });
    const { diagnostics } = readYamlFile(`${stack.folder}/big.yaml`, 'big.yaml');
    expect(diagnostics.map((entry) => entry.code)).toEqual(['DOCUMENT_TOO_LARGE']);
    stack.remove();
  });

  it('X-05 keeps __proto__ harmless', () => {
    const text = 'kind: Source\n__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n';
    const { documents } = parseYamlBytes(Buffer.from(text), 'a.yaml');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.keys(documents[0]!.value)).toEqual(['kind', '__proto__', 'constructor']);
    expect(Object.getPrototypeOf(documents[0]!.value)).toBe(Object.prototype);
    const stack = testStack({ ...SOUND, 'odd.yaml': text });
    expect(stack.findings()).toContainEqual(expect.stringContaining('odd.yaml:2:1 DOCUMENT_UNKNOWN_KEY'));
    stack.remove();
  });

  it('refuses numbers that would be rounded or read as another number', () => {
    expect(findings('a: 12345678901234567890\nb: 012\nc: 12\nd: .inf\n')).toEqual([
      '1:4 YAML_NUMBER_INEXACT',
      '2:4 YAML_NUMBER_INEXACT',
      '4:4 YAML_NUMBER_INEXACT',
    ]);
  });

  it('survives nesting that overflows the stack', () => {
    expect(findings(`a: ${'['.repeat(200_000)}`)).toEqual([expect.stringMatching(/^1:\d+ DOCUMENT_TOO_DEEP$/)]);
  });

  it('skips empty documents and takes a byte order mark and CRLF', () => {
    const { documents, diagnostics } = parseYamlBytes(
      Buffer.from('\ufeff---\r\n---\r\nkind: Source\r\n---\n'),
      'a.yaml',
    );
    expect(diagnostics).toEqual([]);
    expect(documents.map((document) => document.value)).toEqual([{ kind: 'Source' }]);
    expect(documents[0]!.at(['kind'])).toEqual({ file: 'a.yaml', line: 3, column: 7 });
  });

  it('refuses a document that is not a map', () => {
    expect(findings('- 1\n- 2\n')).toEqual(['1:1 DOCUMENT_NOT_A_MAP']);
  });
});
