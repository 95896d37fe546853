import { numbersSyncs } from '@cuttle/protocol';
import { type Control, controlTarget, type Ending } from './control.js';
import type { OpenStream } from './open-streams.js';
import type { Warehouse } from './warehouse.js';

/**
 * Notes that the sync is over for streams whose client does not number its syncs, in one transaction. Call it when every
 * stream of the catalog ended whole and the last state is with the reader: what is killed before counts as not ended.
 *
 * @throws {TransientError} `WRITER_FENCED`
 */
export async function endSync(warehouse: Warehouse, streams: readonly OpenStream[]): Promise<void> {
  const endings = new Map<Control, Ending[]>();
  for (const { load, control } of streams) {
    const { configured, attempt } = load.options;
    if (numbersSyncs(configured)) continue;
    const own = endings.get(control) ?? [];
    own.push({ target: controlTarget(load.plan.table), attempt });
    endings.set(control, own);
  }
  if (endings.size === 0) return;
  const statements = [...endings].flatMap(([control, own]) => control.end(own));
  await warehouse.session(() => warehouse.commit(statements), 'last');
}
