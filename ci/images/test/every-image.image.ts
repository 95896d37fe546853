import fs from 'node:fs';
import path from 'node:path';
import { errorsOf, makeFolder, messagesOf, removeFolder, runChecked, writeJson } from '@cuttle/testing';
import { connectorFolders, imageName, ROOT, readMetadata } from '../connectors.js';
import { containerCommand, docker, filesOf, inspect, open } from './container.js';

const ENTRYPOINT = ['/usr/local/bin/node', '/airbyte/integration_code/bin/main.js'];

/** What must not be in an image: keys, settings of a package registry, tools of development, our sources. */
const UNWANTED =
  /\.npmrc|\.pem$|\.key$|id_rsa|\.env$|\.git\/|\.tsbuildinfo$|\.tsx?$|\.map$|node_modules\/(@swc|@types|@biomejs|esbuild|jest|knip|nock|typescript)(\/|$)|(^|\/)(npm|npx|apt|dpkg)$/;

describe.each(connectorFolders().map((folder) => [imageName(folder), folder]))('%s (image)', (name, folder) => {
  const metadata = readMetadata(folder);
  const image = `${name}:${metadata['dockerImageTag']}`;
  const { Config, Size, Os } = inspect(image);
  const spec = JSON.parse(fs.readFileSync(path.join(ROOT, folder, 'resources', 'spec.json'), 'utf8')) as object;
  let files: string;

  beforeAll(() => {
    files = makeFolder();
  });
  afterAll(() => removeFolder(files));

  it('I-01 labels are repository and tag of metadata.yaml', () => {
    expect(Config.Labels).toMatchObject({
      'io.airbyte.name': metadata['dockerRepository'],
      'io.airbyte.version': metadata['dockerImageTag'],
    });
  });

  it('I-02 AIRBYTE_ENTRYPOINT is the entrypoint; working directory, user, UTC', () => {
    expect(Config.Entrypoint).toEqual(ENTRYPOINT);
    expect(Config.Env).toContain(`AIRBYTE_ENTRYPOINT=${ENTRYPOINT.join(' ')}`);
    expect([Config.WorkingDir, Config.User, Os]).toEqual(['/airbyte/integration_code', '1000', 'linux']);
    const script = 'console.log(Intl.DateTimeFormat().resolvedOptions().timeZone, process.version.split(".")[0])';
    const zone = docker(['run', '--rm', '--network', 'none', '--entrypoint', ENTRYPOINT[0]!, image, '-e', script]);
    expect(zone.trim()).toBe('UTC v24');
  });

  it('I-03 C-11 spec: no network, no files, read-only root, user 1000; one SPEC within 5 s', async () => {
    const result = await runChecked(containerCommand(image), ['spec'], { timeoutMs: 5000 });
    expect([result.exitCode, result.stderr, result.lines.length]).toEqual([0, '', 1]);
    expect(messagesOf(result, 'SPEC')[0]?.spec).toEqual(spec);
  });

  it('I-04 check of a config that cannot work says FAILED and exits with 0', async () => {
    writeJson(files, 'config.json', {});
    open(files, 'read');
    const command = containerCommand(image, { mounts: { [files]: '/secrets' } });
    const result = await runChecked(command, ['check', '--config', '/secrets/config.json']);
    expect(messagesOf(result, 'CONNECTION_STATUS')[0]?.connectionStatus.status).toBe('FAILED');
    expect(result.exitCode).toBe(0);
  });

  it('I-04 exit codes pass through: a missing file is one config_error and 1, a wrong command 2', async () => {
    const missing = await runChecked(containerCommand(image), ['check', '--config', '/secrets/none.json']);
    expect([missing.exitCode, errorsOf(missing).map(({ failureType }) => failureType)]).toEqual([1, ['config_error']]);
    const unknown = await runChecked(containerCommand(image), ['explode']);
    expect([unknown.exitCode, unknown.lines]).toEqual([2, []]);
  });

  it("I-04 Airbyte's own start script finds what it needs: sh, AIRBYTE_ENTRYPOINT, another folder", () => {
    const script = `cd /tmp && mkfifo out && (eval "$AIRBYTE_ENTRYPOINT spec" > out) & cd /tmp; while [ ! -p out ]; do sleep 0.1; done
      cat out; wait $!; echo $? > code.tmp; mv code.tmp code; cat code`;
    const out = docker([
      ...['run', '--rm', '--network', 'none', '--read-only', '--tmpfs', '/tmp', '--entrypoint', 'sh', image],
      ...['-c', script],
    ]);
    const [message, code] = out.trim().split('\n');
    expect([JSON.parse(message!), code]).toEqual([{ type: 'SPEC', spec }, '0']);
  });

  it('X-12 works without a shell, for any user, also one that the image does not know', async () => {
    const command = containerCommand(image, { more: ['--tmpfs', '/bin', '--user', '54321:54321'] });
    const result = await runChecked(command, ['spec']);
    expect([result.exitCode, messagesOf(result, 'SPEC').length]).toEqual([0, 1]);
  });

  it('X-12 I-07 no secrets, no tools of development, nothing that anybody but root may change', () => {
    const all = filesOf(image);
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter((file) => UNWANTED.test(file))).toEqual([]);
    const history = docker(['history', '--no-trunc', '--format', '{{.CreatedBy}}', image]);
    expect(history).not.toMatch(/token|password|authorization|registry/i);
    const script = `const fs=require("fs"),path=require("path");const open=[];(function walk(d){for(const e of fs.readdirSync(d,{withFileTypes:true})){
      const f=path.join(d,e.name);if(["/proc","/sys","/dev","/tmp"].includes(f))continue;const s=fs.lstatSync(f);
      if(!s.isSymbolicLink()&&(s.uid!==0||(s.mode&0o22)))open.push(f);if(e.isDirectory())walk(f)}})("/");console.log(JSON.stringify(open))`;
    const writable = docker(['run', '--rm', '--network', 'none', '--entrypoint', ENTRYPOINT[0]!, image, '-e', script]);
    expect(JSON.parse(writable)).toEqual([]);
    expect(Size).toBeLessThan(300e6);
  });
});
