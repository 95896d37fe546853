import type { Job, JsonMap } from './model.js';
import { refusal } from './problem.js';
import { type AirbyteStore, isFinal } from './store.js';

/** Statuses that a job goes through, one more at each look; `in_orbit` is one that no client knows. */
const LIFE = ['pending', 'queued', 'in_orbit', 'running', 'incomplete', 'running', 'succeeded'] as const;

/** Jobs of connections. */
export class Jobs {
  readonly #store: AirbyteStore;
  /** What a new job goes through; the last status stays. */
  life: readonly string[] = LIFE;

  constructor(store: AirbyteStore) {
    this.#store = store;
  }

  create(body: JsonMap): Job {
    const connection = this.#store.connection(String(body['connectionId']));
    const type = String(body['jobType']);
    if (type === 'refresh') throw refusal(422, 'The job type refresh cannot be started here.');
    if (!['sync', 'reset', 'clear'].includes(type)) throw refusal(400, `Unknown job type ${type}.`);
    if (connection.status === 'locked') throw refusal(409, 'The connection is locked.', 'connection/locked');
    return this.start(connection.id, type);
  }

  /** Starts a job, which must be the only one of its connection. */
  start(connectionId: string, type: string, streams?: Job['streams']): Job {
    if (this.#store.isRunning(connectionId)) {
      throw refusal(409, 'A sync is already running for this connection.', 'try-again-later');
    }
    const job: Job = {
      id: this.#store.jobs.length + 1,
      connectionId,
      type,
      ...(streams === undefined ? {} : { streams }),
      startTime: this.#store.clock.now(),
      statuses: this.life,
    };
    this.#store.jobs.push(job);
    return job;
  }

  get(id: string): Job {
    const job = this.#store.jobs.find((entry) => String(entry.id) === id);
    if (job === undefined) throw refusal(404, `Job ${id} not found.`);
    return job;
  }

  /** Shows a job and moves it on. */
  look(job: Job): JsonMap {
    const shown = this.show(job);
    if (job.statuses.length > 1) job.statuses = job.statuses.slice(1);
    return shown;
  }

  cancel(job: Job): JsonMap {
    if (!isFinal(job.statuses[0] ?? '')) job.statuses = ['cancelled'];
    return this.show(job);
  }

  list(query: URLSearchParams): readonly JsonMap[] {
    const wanted = {
      connection: query.get('connectionId'),
      type: query.get('jobType'),
      status: query.get('status'),
    };
    const found = this.#store.jobs.filter(
      (job) =>
        (wanted.connection === null || job.connectionId === wanted.connection) &&
        (wanted.type === null ? job.type === 'sync' || job.type === 'reset' : job.type === wanted.type) &&
        (wanted.status === null || job.statuses[0] === wanted.status),
    );
    // Newest first.
    return [...found].reverse().map((job) => this.show(job));
  }

  show(job: Job): JsonMap {
    const status = job.statuses[0];
    return {
      jobId: job.id,
      status,
      jobType: job.type,
      startTime: new Date(job.startTime).toISOString(),
      connectionId: job.connectionId,
      lastUpdatedAt: new Date(this.#store.clock.now()).toISOString(),
      duration: 'PT1M',
      ...(status === 'succeeded' ? { bytesSynced: 1_000_000, rowsSynced: 41_000 } : {}),
    };
  }
}
