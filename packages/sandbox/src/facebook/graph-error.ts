import { type Answer, jsonAnswer } from '../server/exchange.js';

/** What an error of the Graph API consists of. */
export interface GraphErrorParts {
  readonly status: number;
  readonly code: number;
  readonly subcode?: number;
  readonly message: string;
  readonly isTransient?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown inside the stand-in for an answer with an error body. */
export class GraphError extends Error {
  readonly parts: GraphErrorParts;

  constructor(parts: GraphErrorParts) {
    super(parts.message);
    this.parts = parts;
  }
}

/** The body that the API sends with an error. */
export function graphErrorBody({ code, subcode, message, isTransient = false }: GraphErrorParts): object {
  return {
    error: {
      message,
      type: [10, 100, 190, 200].includes(code) ? 'OAuthException' : 'FacebookApiException',
      code,
      ...(subcode === undefined ? {} : { error_subcode: subcode }),
      is_transient: isTransient,
      fbtrace_id: 'AsAndB0xTraceId0001',
    },
  };
}

/** The answer of an error. */
export function graphErrorAnswer(parts: GraphErrorParts): Answer {
  return jsonAnswer(parts.status, graphErrorBody(parts), parts.headers);
}

/** The token is not valid. */
export function tokenError(): GraphError {
  const message = 'Error validating access token: Session has expired.';
  return new GraphError({ status: 400, code: 190, subcode: 463, message });
}

/** Nothing is to be seen under that id: it does not exist, or the token may not see it. */
export function unknownObject(id: string): GraphError {
  const message =
    `Unsupported get request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, ` +
    'or does not support this operation. Please read the Graph API documentation';
  return new GraphError({ status: 400, code: 100, subcode: 33, message });
}

/** A parameter is wrong. */
export function parameterError(message: string): GraphError {
  return new GraphError({ status: 400, code: 100, message: `(#100) ${message}` });
}

/** What fields belong to, as the API calls it. */
export type NodeType =
  | 'AdAccount'
  | 'AdActivity'
  | 'AdCreative'
  | 'AdImage'
  | 'AdRule'
  | 'AdSet'
  | 'AdVideo'
  | 'Ad'
  | 'Business'
  | 'Campaign'
  | 'CustomAudience'
  | 'CustomConversion'
  | 'User'
  | 'report';

/**
 * Fields that there are none of. For a report the API names all of them at once, for a node the first one; in some
 * versions it names none.
 */
export function fieldError(fields: readonly string[], of: NodeType, hasNames: boolean): GraphError {
  if (of === 'report') {
    return parameterError(
      `${hasNames ? fields.join(', ') : 'Some fields'} are not valid for fields param. please check ` +
        'https://developers.facebook.com/docs/marketing-api/reference/ads-insights/ for all valid values',
    );
  }
  return parameterError(
    hasNames
      ? `Tried accessing nonexisting field (${fields[0]}) on node type (${of})`
      : 'Tried accessing nonexisting field',
  );
}

/** An answer that would be too large; a smaller page may go through. */
export function reduceDataError(): GraphError {
  const message = "Please reduce the amount of data you're asking for, then retry your request";
  return new GraphError({ status: 500, code: 1, message });
}

/** A report that is too large to be made at all. */
export function tooMuchData(): GraphError {
  return new GraphError({ status: 400, code: 100, subcode: 1_487_534, message: 'Too much data was requested' });
}
