/** Whether a host name of a URL means this machine: no proxy is asked for it, whatever the environment says. */
export function isLoopbackHost(hostname: string): boolean {
  return /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}
