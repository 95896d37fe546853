import { type Answer, jsonAnswer } from '../server/exchange.js';

/** Thrown inside the stand-in for an answer with a problem+json body. */
export class Problem extends Error {
  readonly status: number;
  readonly slug: string;

  /** @param slug end of the problem's `type`, such as `unprocessable-entity` */
  constructor(status: number, slug: string, message: string) {
    super(message);
    this.status = status;
    this.slug = slug;
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'bad-request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'resource-not-found',
  405: 'method-not-allowed',
  409: 'state-conflict',
  422: 'unprocessable-entity',
  423: 'locked',
  500: 'unexpected-problem',
  501: 'not-implemented',
};

/** A request that is refused, with the usual problem type of its status. */
export function refusal(status: number, message: string, slug = TITLES[status] ?? 'error'): Problem {
  return new Problem(status, slug, message);
}

/** A problem as the public API writes it: the useful text is `data.message`. */
export function publicProblem(problem: Problem): Answer {
  const body = {
    status: problem.status,
    type: `https://reference.airbyte.com/reference/errors#${problem.slug}`,
    title: problem.slug,
    detail: 'The request could not be processed.',
    documentationUrl: null,
    data: { message: problem.message },
  };
  return jsonAnswer(problem.status, body, { 'content-type': 'application/problem+json' });
}

/** A problem as the Config API writes it, with a stack that no client should show. */
export function configProblem(problem: Problem): Answer {
  return jsonAnswer(problem.status, {
    message: problem.message,
    exceptionClassName: 'io.airbyte.commons.server.errors.KnownException',
    exceptionStack: ['io.airbyte.commons.server.errors.KnownException: stack', '\tat io.airbyte.server.Secret.java:1'],
    validationErrors: [],
  });
}
