// Writes connections/schema/ from the document kinds and the connectors' specs. Run after `npm run build`.
const fs = require('node:fs');
const path = require('node:path');
const { schemaFiles } = require('../packages/project/dist/index.js');

const root = path.join(__dirname, '..');
const folder = path.join(root, 'connections', 'schema');
const files = schemaFiles(root);
fs.mkdirSync(folder, { recursive: true });
for (const name of fs.readdirSync(folder)) {
  if (!files.has(name)) fs.rmSync(path.join(folder, name));
}
for (const [name, text] of files) fs.writeFileSync(path.join(folder, name), text);
