/** Names that reach for a statement or a value of their own: out of quotes of either kind, out of brackets, as variables. */
const BREAKING_OUT = [
  'x"; drop table kept; --',
  "x'; drop table kept; --",
  "x\\'; drop table kept; --",
  'x); drop table kept; --',
  '$1',
  '${x}',
];

/** Names that reach for files outside of where they belong. */
const PATHS = ['../../escaped', 'a/../../b', '..', '/etc/passwd'];

/** Names of streams, columns, namespaces and things by which somebody would attack a destination. */
export const HOSTILE_NAMES: readonly string[] = [...BREAKING_OUT, ...PATHS];

/** Names that are meant well, and that a careless statement or path would stumble over. */
export const ODD_NAMES: readonly string[] = [
  'camelCase',
  'ALL_CAPS',
  'äccented',
  '😀',
  '1digit',
  'two words',
  'a.b',
  'a-b',
  'a+b',
  'a$b',
  '${x}',
  '$$',
  'a"b',
  "a'b",
  'a`b',
  'a\\b',
  ';--',
  'a/b',
  '..',
  '../../x',
  'new\nline',
  'order',
  'groups',
  'join',
  'current_date',
  'select',
  'table',
  '%s',
  '_',
];
