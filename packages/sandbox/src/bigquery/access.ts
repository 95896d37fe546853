import type { Control } from '../server/control.js';
import type { System } from '../server/listen.js';
import type { Shop } from '../shop/model.js';
import { Accounts, type ServiceAccountKey } from './accounts.js';
import { bigQueryActions } from './actions.js';
import { fillWithEvents } from './novel-dataset.js';
import { BigQueryRestApi } from './rest-api.js';
import { type BigQuerySettings, defaultSettings } from './settings.js';
import { Warehouse } from './warehouse.js';

/** How the BigQuery stand-in is reached, and its data. */
export interface BigQueryAccess {
  /** What stands for `https://bigquery.googleapis.com/bigquery/v2`. */
  readonly baseUrl: string;
  readonly project: string;
  /** The dataset of the Novel shop's export. */
  readonly dataset: string;
  /** The key file of an account that may read everything; its token endpoint is the sandbox. */
  readonly serviceAccount: ServiceAccountKey;
  /** A new access token. */
  readonly token: string;
  readonly settings: BigQuerySettings;
  readonly warehouse: Warehouse;
}

const PROJECT = 'novel-capstone';
const DATASET = 'analytics_357192640';

/** The stand-in's systems (`bigquery`, `oauth`, `computeMetadata`), its actions registered, the shop's events in its dataset. */
export function makeBigQuery(
  shop: Shop,
  control: Control,
): { systems: [string, System][]; access: (rootUrl: string) => BigQueryAccess } {
  const warehouse = new Warehouse();
  const settings = defaultSettings();
  const accounts = new Accounts(PROJECT, control.clock);
  fillWithEvents(warehouse, PROJECT, DATASET, shop, control.clock.now());
  const { clock, faults } = control;
  control.register(bigQueryActions({ warehouse, settings, clock, faults, project: PROJECT, dataset: DATASET }));
  const systems: [string, System][] = [
    ['bigquery', new BigQueryRestApi(warehouse, accounts, settings)],
    ['oauth', accounts],
    ['computeMetadata', accounts],
  ];
  const access = (rootUrl: string): BigQueryAccess => {
    control.register({
      'bigquery.service_account': () => accounts.serviceAccount(rootUrl),
      'bigquery.token': () => accounts.issueToken(),
    });
    return {
      baseUrl: `${rootUrl}/bigquery/v2`,
      project: PROJECT,
      dataset: DATASET,
      get serviceAccount() {
        return accounts.serviceAccount(rootUrl);
      },
      get token() {
        return accounts.issueToken();
      },
      settings,
      warehouse,
    };
  };
  return { systems, access };
}
