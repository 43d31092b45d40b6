import { expect, test } from 'vitest';
import { classifyPull } from './classify.ts';

/** Recorded from docker 20.10, docker 28 and podman 4.3 against a registry set up wrongly on purpose. */
const get = 'Error response from daemon: Get "https://registry.local:5000/v2/": ';
const podman =
  'Trying to pull registry.local:5000/mooring/probe:t...\nError: initializing source docker://registry.local:5000/mooring/probe:t: pinging container registry registry.local:5000: Get "https://registry.local:5000/v2/": ';

const tails: [string, string][] = [
  ['x509: certificate signed by unknown authority', 'CA_UNKNOWN'],
  ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'CA_UNKNOWN'],
  [
    "x509: cannot validate certificate for 10.78.0.1 because it doesn't contain any IP SANs",
    'CERT_NAME_MISMATCH',
  ],
  ['x509: certificate is valid for elsewhere.example, not registry.local', 'CERT_NAME_MISMATCH'],
  ['x509: certificate relies on legacy Common Name field, use SANs instead', 'CERT_NAME_MISMATCH'],
  ['x509: certificate is not valid for any names, but wanted to match registry.local', 'CERT_NAME_MISMATCH'],
  [
    'x509: a root or intermediate certificate is not authorized to sign for this name: DNS name "a" is not permitted by any constraint',
    'CERT_NAME_MISMATCH',
  ],
  [
    'x509: certificate has expired or is not yet valid: current time 2020-01-01T00:00:00Z is before 2026-01-01T00:00:00Z',
    'CLOCK_WRONG',
  ],
  ['dial tcp 10.78.0.1:5999: connect: connection refused', 'NAME_REFUSED'],
  ['proxyconnect tcp: dial tcp 127.0.0.1:9: connect: connection refused', 'PULL_PROXY'],
  ['proxyconnect tcp: dial tcp: lookup proxy.example: no such host', 'PULL_PROXY'],
  ['Bad Gateway', 'PULL_PROXY'],
  ['Proxy Authentication Required', 'PULL_PROXY'],
  ['dial tcp 10.78.99.99:5000: connect: no route to host', 'NAME_UNREACHABLE'],
  ['dial tcp 10.78.99.99:5000: connect: network is unreachable', 'NAME_UNREACHABLE'],
  ['dial tcp 10.78.99.99:5000: i/o timeout', 'NAME_UNREACHABLE'],
  [
    'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    'NAME_UNREACHABLE',
  ],
  ['dial tcp: lookup nosuch.lan on 10.78.0.1:53: no such host', 'NAME_NOT_RESOLVED'],
  ['dial tcp: lookup nosuch.lan on 10.78.0.1:53: server misbehaving', 'NAME_NOT_RESOLVED'],
  ['dial tcp: lookup nosuch.local: no such host', 'NAME_NOT_RESOLVED'],
  ['dial tcp: lookup nosuch.local: Try again', 'NAME_NOT_RESOLVED'],
  [
    'dial tcp: lookup a.lan on 10.0.0.1:53: read udp 10.0.0.2:1->10.0.0.1:53: i/o timeout',
    'NAME_NOT_RESOLVED',
  ],
  ['http: server gave HTTP response to HTTPS client', 'PULL_FAILED'],
];

test.each(tails)('%s', (tail, code) => {
  expect(classifyPull(get + tail, 1).code).toBe(code);
  expect(classifyPull(podman + tail, 125).code).toBe(code);
  expect(classifyPull(get + tail, 1).problem).toContain(tail.slice(0, 80));
});

test.each([
  [
    'Error response from daemon: Head "https://R/v2/i/manifests/t": no basic auth credentials',
    'PULL_UNAUTHORIZED',
  ],
  ['Error: reading manifest t in R/i: unauthorized: authentication required', 'PULL_UNAUTHORIZED'],
  ['denied: requested access to the resource is denied', 'PULL_UNAUTHORIZED'],
  ['manifest for R/i:t not found: manifest unknown: manifest unknown', 'PULL_FAILED'],
  ['failed to register layer: write /var/lib/docker/tmp/x: no space left on device', 'DISK_FULL'],
  ['Error: writing blob: storing blob: write /x: no space left on device', 'DISK_FULL'],
  [
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    'ENGINE_NOT_RUNNING',
  ],
  [
    'Cannot connect to the balenaEngine daemon at unix:///var/run/balena-engine.sock. Is the balenaEngine daemon running?',
    'ENGINE_NOT_RUNNING',
  ],
  [
    'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: dial unix',
    'PERMISSION_DENIED',
  ],
  [
    'missing key client.key for client certificate client.cert. Note that CA certificates should use the extension .crt',
    'FOREIGN_FILE',
  ],
  ['Missing client certificate client.cert for key client.key', 'FOREIGN_FILE'],
  ['', 'PULL_FAILED'],
])('%s', (text, code) => {
  expect(classifyPull(text, 1).code).toBe(code);
});

test('a pull ended by its watchdog timed out, whatever it printed', () => {
  expect(classifyPull('783ec62f507e: Pulling fs layer', 143).code).toBe('PULL_TIMEOUT');
});

test('what is shown is one short line without control characters', () => {
  const { problem } = classifyPull(`noise\nError: \x1b[31mred\x07 ${'x'.repeat(2000)}\nfoot`, 1);
  expect(problem.length).toBeLessThanOrEqual(300);
  expect(problem).toMatch(/^\[31mred/);
});
