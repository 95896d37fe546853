// Prints the names of all images, one a line, for scripts.
const { connectorFolders, imageName } = require('./connectors.js');

for (const folder of connectorFolders()) process.stdout.write(`${imageName(folder)}\n`);
