/** What `plan` is measured on. */
const SIZE = { sources: 40, connections: 250, latencyMs: 20 };

module.exports = { SIZE };
