// Preloaded into a connector by tests: names that resolve to public or private addresses without a network.
// CUTTLE_HOSTS={"api.example.test":{"address":"25.0.0.10","port":40123}}: the name resolves to the address; a
// connection that the connector makes to it is led to the port of this machine, without TLS.
const dns = require('node:dns');
const https = require('node:https');
const net = require('node:net');

const hosts = JSON.parse(process.env.CUTTLE_HOSTS ?? '{}');
const realLookup = dns.lookup;

dns.lookup = (hostname, options, callback) => {
  const host = hosts[hostname];
  if (host === undefined) return realLookup(hostname, options, callback);
  const family = host.address.includes(':') ? 6 : 4;
  const found = { address: host.address, family };
  return process.nextTick(() => {
    if (options.all) callback(null, [found]);
    else callback(null, found.address, family);
  });
};

const realConnect = https.Agent.prototype.createConnection;
https.Agent.prototype.createConnection = function createConnection(options, onCreate) {
  const host = hosts[options.host];
  if (host === undefined) return realConnect.call(this, options, onCreate);
  // The connector's own lookup decides, as it would for a real socket.
  options.lookup(options.host, { all: true }, (error) => {
    if (error) onCreate(error);
    else onCreate(null, net.connect(host.port, '127.0.0.1'));
  });
  return undefined;
};
