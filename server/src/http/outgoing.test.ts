import 'reflect-metadata' // @peculiar/x509 refuses to load without it
import assert from 'node:assert/strict'
import { KeyObject, webcrypto } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { X509CertificateGenerator } from '@peculiar/x509'
import { fetchText, isPublicAddress, OutgoingError, type OutgoingErrorCode } from '#http/outgoing.ts'

async function serve(t: TestContext, answer: RequestListener): Promise<{ url: string; host: string }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: `http://${host}`, host }
}

const failsWith =
  (code: OutgoingErrorCode) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof OutgoingError, String(error))
    assert.equal(error.code, code, error.message)
    return true
  }

test('an allowed private host is fetched from, over http', async (t) => {
  const { url, host } = await serve(t, (request, response) => response.end(`${request.headers.accept} ü`))
  const options = { allowPrivateHosts: [host], accept: 'application/xml' }
  assert.equal(await fetchText(`${url}/metadata`, options), 'application/xml ü')
  assert.equal(
    await fetchText(`${url}/metadata`, { ...options, allowPrivateHosts: ['127.0.0.1'] }),
    'application/xml ü',
  )
})

test('plain http is refused unless the host, or the host and port, is allowed', async (t) => {
  const { url } = await serve(t, (_request, response) => response.end())
  await assert.rejects(fetchText(url, { allowPrivateHosts: [] }), failsWith('not-https'))
  await assert.rejects(fetchText(url, { allowPrivateHosts: ['127.0.0.1:1'] }), failsWith('not-https'))
  await assert.rejects(fetchText('http://idp.example/', { allowPrivateHosts: [] }), failsWith('not-https'))
})

test('a private address is refused, in whatever spelling', async () => {
  const urls = [
    'https://127.0.0.1',
    'https://0x7f.1',
    'https://2130706433',
    'https://[::1]',
    'https://[::ffff:10.0.0.1]',
  ]
  for (const url of [...urls, 'https://169.254.169.254/latest', 'https://localhost']) {
    await assert.rejects(fetchText(url, { allowPrivateHosts: [] }), failsWith('private-address'), url)
  }
})

test('a name that leads to a private address is refused, also when it has public ones', async () => {
  for (const addresses of [['10.0.0.1'], ['8.8.8.8', '10.0.0.1'], ['fd00::1']]) {
    const resolve = async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    const fetching = fetchText('https://idp.example', { allowPrivateHosts: [], resolve })
    await assert.rejects(fetching, failsWith('private-address'))
  }
})

test('the connection goes to the address that was judged, and the name is asked once', async (t) => {
  const { url } = await serve(t, (request, response) => response.end(request.headers.host))
  const { port } = new URL(url)
  const asked: string[] = []
  const resolve = async (host: string) => {
    asked.push(host)
    return [{ address: '127.0.0.1', family: 4 }]
  }
  const options = { allowPrivateHosts: ['idp.example'], resolve }
  assert.equal(await fetchText(`http://idp.example:${port}/`, options), `idp.example:${port}`)
  assert.deepEqual(asked, ['idp.example'])
})

test('redirects are followed on the same host, three at most', async (t) => {
  const { url, host } = await serve(t, (request, response) => {
    const left = Number(request.url?.slice(1))
    if (left > 0) response.writeHead(302, { location: `/${left - 1}` })
    response.end('there')
  })
  assert.equal(await fetchText(`${url}/3`, { allowPrivateHosts: [host] }), 'there')
  await assert.rejects(fetchText(`${url}/4`, { allowPrivateHosts: [host] }), failsWith('redirected'))
})

test('a redirect to another host is not followed', async (t) => {
  const { url, host } = await serve(t, (_request, response) => {
    response.writeHead(301, { location: 'http://169.254.169.254/' }).end()
  })
  const fetching = fetchText(url, { allowPrivateHosts: [host, '169.254.169.254'] })
  await assert.rejects(fetching, failsWith('redirected'))
})

test('a redirect to a port that is not allowed is refused', async (t) => {
  const inner = await serve(t, (_request, response) => response.end('secret'))
  const { url, host } = await serve(t, (_request, response) => {
    response.writeHead(302, { location: inner.url }).end()
  })
  await assert.rejects(fetchText(url, { allowPrivateHosts: [host] }), failsWith('not-https'))
})

test('an answer that is too large is cut off, whatever it declares', async (t) => {
  const { url, host } = await serve(t, (_request, response) => {
    const more = (): void => {
      while (response.writable && response.write('x'.repeat(1024)));
      response.once('drain', more)
    }
    more()
  })
  const fetching = fetchText(url, { allowPrivateHosts: [host], maxBytes: 10_000 })
  await assert.rejects(fetching, failsWith('too-large'))
})

test('a server that does not answer, or never ends, is given up', async (t) => {
  const silent = await serve(t, () => {})
  const endless = await serve(t, (_request, response) => response.write('a'))
  for (const { url, host } of [silent, endless]) {
    const fetching = fetchText(url, { allowPrivateHosts: [host], timeoutMs: 60 })
    await assert.rejects(fetching, failsWith('too-slow'))
  }
})

test('a name that resolves too slowly is given up', async () => {
  const resolve = () => new Promise<never>(() => {})
  const fetching = fetchText('https://idp.example', { allowPrivateHosts: [], resolve, timeoutMs: 20 })
  await assert.rejects(fetching, failsWith('too-slow'))
})

test('only an answer of 200 in UTF-8 counts', async (t) => {
  const { url, host } = await serve(t, (request, response) => {
    if (request.url === '/missing') response.writeHead(404).end('no')
    else if (request.url === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end('x')
    else response.end(Buffer.from([0x66, 0xff]))
  })
  await assert.rejects(fetchText(`${url}/missing`, { allowPrivateHosts: [host] }), failsWith('status'))
  await assert.rejects(fetchText(`${url}/gzip`, { allowPrivateHosts: [host] }), failsWith('not-text'))
  await assert.rejects(fetchText(`${url}/binary`, { allowPrivateHosts: [host] }), failsWith('not-text'))
})

test('what is not there is told apart', async (t) => {
  const { url, host } = await serve(t, (request) => request.socket.destroy())
  await assert.rejects(fetchText(url, { allowPrivateHosts: [host] }), failsWith('unreachable'))
  const resolve = async () => []
  await assert.rejects(fetchText('https://x.example', { allowPrivateHosts: [], resolve }), failsWith('name-not-found'))
  for (const wrong of ['nonsense', 'file:///etc/passwd', 'https://user:pw@idp.example']) {
    await assert.rejects(fetchText(wrong, { allowPrivateHosts: [] }), failsWith('not-a-url'))
  }
})

test('a TLS certificate that nobody vouches for is refused, also from an allowed host', async (t) => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    keys,
    name: 'CN=127.0.0.1',
    signingAlgorithm: algorithm,
  })
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' })
  const server = createTlsServer({ key, cert: certificate.toString('pem') }, (_request, response) => response.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  await assert.rejects(fetchText(url, { allowPrivateHosts: ['127.0.0.1'] }), failsWith('untrusted-certificate'))
})

test('public addresses are those of the internet', () => {
  for (const address of ['8.8.8.8', '100.63.255.255', '172.32.0.1', '2606:4700::1111', '2a00:1450::1']) {
    assert.equal(isPublicAddress(address), true, address)
  }
  const mapped = ['::ffff:8.8.8.8', '::ffff:127.0.0.1', '64:ff9b::a00:1', '2002:a00:1::', '2001:0:1::']
  const local = [
    '0.0.0.0',
    '10.1.1.1',
    '100.64.0.1',
    '127.9.9.9',
    '172.31.255.255',
    '192.168.0.1',
    '224.0.0.1',
    '::',
    '::1',
  ]
  for (const address of [...mapped, ...local, '255.255.255.255', 'fe80::1', 'fd00::1', 'ff02::1', 'fec0::1', 'no']) {
    assert.equal(isPublicAddress(address), false, address)
  }
})
