import type { WantedActor, WantedConnection, WantedConnector, WantedStack } from '@cuttle/project';
import type { JsonSchema } from '@cuttle/protocol';
import type { Role } from '../client/public-api.js';
import type { RemoteActor, RemoteConnection, RemoteDefinition } from '../client/wire.js';
import type { Catalogs } from '../model/catalogs.js';
import type { Plan, PlanItem } from '../model/plan.js';
import type { Remote } from '../model/remote.js';

/** What an item of a plan needs to be done; one per item. */
export type Work =
  | {
      readonly kind: 'connector';
      readonly item: PlanItem;
      readonly wanted: WantedConnector;
      readonly remote: RemoteDefinition | undefined;
    }
  | {
      readonly kind: 'actor';
      readonly item: PlanItem;
      readonly wanted: WantedActor;
      readonly remote: RemoteActor | undefined;
      readonly spec: JsonSchema | undefined;
      /** Dotted paths of secrets to send. */
      readonly send: ReadonlySet<string>;
    }
  | {
      readonly kind: 'connection';
      readonly item: PlanItem;
      readonly wanted: WantedConnection;
      readonly remote: RemoteConnection | undefined;
    }
  | { readonly kind: 'destroy'; readonly item: PlanItem; readonly role: Role | undefined; readonly id: string };

/** A plan with everything that is needed to apply it. */
export interface Planned {
  readonly plan: Plan;
  readonly stack: WantedStack;
  readonly remote: Remote;
  readonly catalogs: Catalogs;
  /** In the order of the plan's items. */
  readonly works: readonly Work[];
  /** Id of each thing that is already there, by key. */
  readonly ids: ReadonlyMap<string, string>;
}
