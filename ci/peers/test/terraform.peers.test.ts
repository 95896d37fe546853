import { spawnSync } from 'node:child_process';
import { makeFolder, removeFolder } from '@cuttle/testing';

const MODULE = 'github.com/airbytehq/terraform-provider-airbyte@v1.3.0-rc1';
/** Only where everything is asked for: another machine's registry may give the module. */
const isRequired = (process.env['CUTTLE_REQUIRE'] ?? '').split(',').includes('peers');

/**
 * Terraform's provider for Airbyte is not published for Go: its module proxy answers 403, "This module version is not
 * available", for every version. The SDK beside it is made from the same API document and takes its place: it makes a source, a
 * destination and a connection, and every kind of change.
 */
describe('the Terraform provider v1.3.0-rc1 (skipped: the Go module proxy does not give it)', () => {
  (isRequired ? it : it.skip)(
    'the proxy refuses it; once it does not, build it here and run it as the SDK',
    () => {
      const folder = makeFolder();
      const options = { cwd: folder, encoding: 'utf8', timeout: 60_000 } as const;
      const { stdout } = spawnSync('go', ['mod', 'download', '-json', MODULE], options);
      removeFolder(folder);
      expect((JSON.parse(stdout) as { Error?: string }).Error).toMatch(/403|not available|404|not found/i);
    },
    90_000,
  );
});
