import type { System } from '../server/answer-request.js';
import { type Answer, type Request, textAnswer } from '../server/exchange.js';
import { ConfigApi } from './config-api.js';
import { configProblem, Problem, publicProblem, refusal } from './problem.js';
import { PublicApi } from './public-api.js';
import type { AirbyteStore } from './store.js';
import { Tokens } from './tokens.js';

const PUBLIC = '/api/public/v1';
const CONFIG = '/api/v1';

/** Airbyte's two APIs below `/airbyte`, as a self-managed server has them below its host. */
export class AirbyteApi implements System {
  readonly publicApi: PublicApi;
  readonly #configApi: ConfigApi;
  readonly #tokens: Tokens;

  constructor(store: AirbyteStore) {
    this.publicApi = new PublicApi(store);
    this.#configApi = new ConfigApi(store, this.publicApi);
    this.#tokens = new Tokens(store);
  }

  expireTokens(): void {
    this.#tokens.expireAll();
  }

  handle(request: Request): Answer {
    const path = request.path.replace(/^\/airbyte/, '');
    const isPublic = path.startsWith(`${PUBLIC}/`);
    try {
      if (path === `${PUBLIC}/health`) return textAnswer(200, 'Successful operation');
      if (path === `${PUBLIC}/applications/token` && request.method === 'POST') return this.#tokens.issue(request);
      this.#tokens.check(request);
      if (isPublic) return this.publicApi.handle(request, path.slice(PUBLIC.length));
      if (path.startsWith(`${CONFIG}/`)) return this.#configApi.handle(request, path.slice(CONFIG.length));
      // Any other path is the web application.
      return textAnswer(200, '<!doctype html><html><body>Airbyte</body></html>', 'text/html');
    } catch (error) {
      const problem = error instanceof Problem ? error : undefined;
      if (problem === undefined) throw error;
      if (problem.status === 401 && !isPublic) return configProblem(refusal(401, 'Unauthorized'));
      return isPublic ? publicProblem(problem) : configProblem(problem);
    }
  }
}
