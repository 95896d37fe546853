import { namespaceOf } from '@cuttle/protocol';

/** Where the streams of a connection land: the source's namespace, the destination's default, or a format. */
export type NamespaceRule =
  | { readonly kind: 'source' }
  | { readonly kind: 'destination' }
  | { readonly kind: 'format'; readonly format: string };

const SOURCE_NAMESPACE = '$' + '{SOURCE_NAMESPACE}';

/** The rule that a Connection's `namespace` spells; without one it is `destination`, as on Airbyte. */
export function decodeNamespace(value: unknown): NamespaceRule {
  if (value === 'source') return { kind: 'source' };
  if (typeof value === 'object' && value !== null && 'format' in value) {
    return { kind: 'format', format: String(value.format) };
  }
  return { kind: 'destination' };
}

/**
 * The namespace at the destination; undefined means the destination's default.
 * `${SOURCE_NAMESPACE}` stands for the source's namespace, empty when the stream has none; a format that comes out blank
 * means the default, as on Airbyte.
 */
export function mapNamespace(rule: NamespaceRule, sourceNamespace: string | null | undefined): string | undefined {
  if (rule.kind === 'destination') return undefined;
  if (rule.kind === 'source') return namespaceOf({ namespace: sourceNamespace });
  const namespace = rule.format.replaceAll(SOURCE_NAMESPACE, () => sourceNamespace ?? '');
  return namespace.trim() === '' ? undefined : namespace;
}
