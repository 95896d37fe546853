import type { LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { ConfigError } from '@cuttle/protocol';

const PRIVATE_RANGES: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  // IPv4 addresses in IPv6 clothes: compatible, translated, by NAT64 (also with a local prefix), Teredo, 6to4.
  ['::', 96, 'ipv6'],
  ['::ffff:0:0:0', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['2001::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  // Discard, documentation, segment routing, unique local, link-local, site-local, multicast.
  ['100::', 64, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
  ['5f00::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

function privateRanges(): BlockList {
  const list = new BlockList();
  for (const [address, bits, family] of PRIVATE_RANGES) list.addSubnet(address, bits, family);
  return list;
}

/** Whether an IP address is private, loopback, link-local, multicast, reserved, or an IPv6 form of such an IPv4 address. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  // BlockList itself reads ::ffff:a.b.c.d as the IPv4 address inside.
  return privateRanges().check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** The error for a host that may not be reached. */
function refusedHost(host: string, reason: string): ConfigError {
  return new ConfigError(`The host "${host}" is refused: ${reason}.`, { code: 'HOST_REFUSED' });
}

/**
 * Checks what can be known of a URL before its host is resolved.
 *
 * @throws {ConfigError} `HOST_REFUSED` for another scheme than https, credentials in the URL, or a private address
 */
export function checkUrl(url: URL, allowPrivateHosts: boolean): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.username !== '' || url.password !== '') throw refusedHost(host, 'its URL holds a user name or password');
  if (url.protocol !== 'https:' && !(allowPrivateHosts && url.protocol === 'http:')) {
    throw refusedHost(host, `only https is allowed, not ${url.protocol.slice(0, -1)}`);
  }
  if (!allowPrivateHosts && isIP(host) !== 0 && isPrivateAddress(host)) {
    throw refusedHost(host, 'it is a private address');
  }
}

/**
 * A `lookup` for sockets that refuses a name when one of its addresses is private. The socket connects to the very
 * address that was checked, so the name cannot resolve to something else in between.
 */
export function guardedLookup(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      const addresses = found as unknown as LookupAddress[];
      if (addresses.length === 0 || addresses.some(({ address }) => isPrivateAddress(address))) {
        callback(refusedHost(hostname, 'it resolves to a private address') as NodeJS.ErrnoException, '');
        return;
      }
      if (options.all === true) callback(null, addresses);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}
