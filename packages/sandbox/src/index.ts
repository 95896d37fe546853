export type { Actor, Connection, ConnectorImage, Definition, ImageStream, Job, JsonMap } from './airbyte/model.js';
export { addWorkspace, type FilledWorkspace, fillWithMany, fillWithNovel } from './airbyte/novel-workspace.js';
export type { AirbyteSettings } from './airbyte/settings.js';
export { AirbyteStandIn } from './airbyte/stand-in.js';
export type { AirbyteStore } from './airbyte/store.js';
export type { BigQueryAccess } from './bigquery/access.js';
export type { ServiceAccountKey } from './bigquery/accounts.js';
export { floatText, rowEncoder } from './bigquery/encode-row.js';
export { type Ga4Era, ga4EraOf, ga4Schema } from './bigquery/ga4-schema.js';
export { joinRows, listRows, type RowSource, ruleRows } from './bigquery/rows.js';
export type { Row, TableField } from './bigquery/schema.js';
export type { BigQuerySettings } from './bigquery/settings.js';
export type { Table, TableVersion, Warehouse } from './bigquery/warehouse.js';
export { BubbleApp, BubbleEnvironment, type BubbleSettings, type RequestBudget } from './bubble/app.js';
export type { BubbleField, BubbleType, KeyStyle, OptionSets, OptionValue, Privacy } from './bubble/schema.js';
export type { NewThing, Thing, ThingRule, ThingTable, ThingValues } from './bubble/thing-table.js';
export type { FacebookAccess } from './facebook/access.js';
export { dayIn, moveDay } from './facebook/zone-time.js';
export { type AirbyteAccess, type BubbleAccess, type Sandbox, type SandboxOptions, startSandbox } from './sandbox.js';
export type { System } from './server/answer-request.js';
export type { SandboxClock } from './server/clock.js';
export type { Action, ActionParams, Control } from './server/control.js';
export { type Answer, bearerToken, jsonAnswer, jsonBody, type Request } from './server/exchange.js';
export type { Fault, FaultBoard, FaultKind, RetryAfterForm } from './server/faults.js';
export type { RequestMatch } from './server/match.js';
export type { LoggedRequest, RequestLog } from './server/request-log.js';
export type { Scripts } from './server/scripts.js';
export { type ServedStandIn, serveStandIn } from './server/serve-stand-in.js';
export { eventDate, type Ga4Row, makeGa4Events, PROPERTY_TIME_ZONE } from './shop/ga4-events.js';
export { makeShop } from './shop/make-shop.js';
export {
  type Ad,
  type Category,
  type Charge,
  type Novel,
  type Order,
  type Refund,
  type Scenario,
  type Shop,
  type ShopOptions,
  SURPRISE_NOVEL_ID,
  type TrafficSource,
  type User,
  type Visit,
} from './shop/model.js';
export type { SnowflakeAccess } from './snowflake/access.js';
export type { StripeAccess } from './stripe/access.js';
export type { StripeObject } from './stripe/object-kind.js';
export type { StripeSettings } from './stripe/settings.js';
export type { ChangeOptions, StripeAccount } from './stripe/stripe-account.js';
