import 'reflect-metadata' // @peculiar/x509 refuses to load without it
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject, webcrypto, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { X509CertificateGenerator } from '@peculiar/x509'
import { type KeyFileToRead, LARGEST_FILE, needsPassword, readKeyFile } from '#keys/read-key-file.ts'
import { importFaults, type KeyFault, KeyRefused, sentenceOf } from '#keys/refusal.ts'
import { certificateOnlyFile, keytoolFile, legacyFile, twoKeysFile } from '#keys/test-key-files.ts'
import { deep, mac, PASSWORD, pkcs12 } from '#keys/test-pkcs12.ts'

const now = new Date('2026-03-01T12:00:00Z')
const password = PASSWORD
const subject = 'O=Acme\nCN=AgileApps SSO'

const read = (bytes: Uint8Array | string, more: Omit<KeyFileToRead, 'bytes'> = {}) =>
  readKeyFile({ bytes: Buffer.from(bytes), ...more }, now)

const seen = new Set<KeyFault>()

function refusal(bytes: Uint8Array | string, more: Omit<KeyFileToRead, 'bytes'> = {}): KeyRefused {
  try {
    read(bytes, more)
  } catch (error) {
    assert.ok(error instanceof KeyRefused, String(error))
    seen.add(error.fault)
    return error
  }
  throw assert.fail('it was taken')
}

const faultOf = (...args: Parameters<typeof refusal>): KeyFault => refusal(...args).fault

const { privateKey, certificatePem } = read(keytoolFile, { password })
const der = new X509Certificate(certificatePem).raw
const pemOf = (key: KeyObject, type: 'pkcs1' | 'pkcs8', passphrase?: string): string =>
  key.export({
    type,
    format: 'pem',
    ...(passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }),
  }) as string
const rsa = (modulusLength: number): KeyObject => generateKeyPairSync('rsa', { modulusLength }).privateKey

/** A certificate of a key of its own. */
async function made(notBefore = '2026-01-01', notAfter = '2027-01-01'): Promise<{ key: string; certificate: string }> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const parameters = { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }
  const keys = await webcrypto.subtle.generateKey(parameters, true, ['sign', 'verify'])
  const dates = { notBefore: new Date(notBefore), notAfter: new Date(notAfter) }
  const certificate = await X509CertificateGenerator.createSelfSigned({ name: 'CN=Made', ...dates, keys })
  const exported = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const key = `-----BEGIN PRIVATE KEY-----\n${exported}\n-----END PRIVATE KEY-----\n`
  return { key, certificate: certificate.toString('pem') }
}

test('PKCS#12 of keytool: as today, as before 2021, and one of several keys by its alias', () => {
  for (const [file, alias] of [
    [keytoolFile, undefined],
    [keytoolFile, 'sso'],
    [legacyFile, undefined],
    [twoKeysFile, 'sso'],
    [twoKeysFile, 'SSO'],
  ] as const) {
    const pair = read(file, { password, alias })
    const certificate = new X509Certificate(pair.certificatePem)
    assert.equal(certificate.subject, subject)
    assert.ok(certificate.checkPrivateKey(pair.privateKey))
    assert.ok(needsPassword(file))
  }
})

test('PEM: PKCS#8 and PKCS#1, plain and encrypted, before and after its certificate, in a chain', async () => {
  const other = await made()
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    for (const passphrase of [undefined, 'a pass phrase', 'Fuß und Hand ☃']) {
      const key = pemOf(privateKey, type, passphrase)
      assert.equal(needsPassword(Buffer.from(key)), passphrase !== undefined)
      for (const text of [
        key + certificatePem,
        `${certificatePem}\n${key}`,
        `Bag Attributes\n  friendlyName: sso\r\n${other.certificate}\n${key}\n${certificatePem}`.replaceAll(
          '\n',
          '\r\n',
        ),
      ])
        assert.equal(new X509Certificate(read(text, { password: passphrase }).certificatePem).subject, subject)
    }
  }
})

test('a certificate that was renewed for the same key: the one that is valid longest is taken', async () => {
  const file = pkcs12({ key: privateKey, certificates: [der, der], name: 'sso' })
  assert.equal(new X509Certificate(read(file, { password, alias: 'SSO' }).certificatePem).subject, subject)
})

test('an old keystore: the command that converts it, ready to be copied', () => {
  for (const magic of ['feedfeed', 'cececece']) {
    const file = Buffer.concat([Buffer.from(magic, 'hex'), Buffer.alloc(20)])
    const { cure } = sentenceOf(refusal(file, { name: 'conf/sso.jks', alias: 'sso' }))
    const command =
      'keytool -importkeystore -srckeystore conf/sso.jks -destkeystore conf/sso.jks.p12 -deststoretype PKCS12 -srcalias sso'
    assert.ok(cure.includes(`“${command}”`), cure)
    assert.match(sentenceOf(refusal(file)).cure, /-srckeystore FILE -destkeystore FILE\.p12 .*-srcalias ALIAS”/)
    // What a shell reads otherwise is not repeated.
    for (const name of ['a b', '$(x)', '-rf', "a'b"])
      assert.match(sentenceOf(refusal(file, { name, alias: name })).cure, /keystore FILE .* -srcalias ALIAS”/)
    assert.equal(needsPassword(file), false)
  }
})

test('passwords: missing, wrong, empty', () => {
  for (const file of [keytoolFile, legacyFile, twoKeysFile]) {
    assert.equal(faultOf(file, { alias: 'sso' }), 'key-password-missing')
    for (const wrong of ['wrong', '', 'CHANGEIT', 'changeit\u0000'])
      assert.equal(faultOf(file, { password: wrong, alias: 'sso' }), 'key-password-wrong')
  }
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    const text = pemOf(privateKey, type, 'right') + certificatePem
    assert.equal(faultOf(text), 'key-password-missing')
    for (const wrong of ['wrong', '']) assert.equal(faultOf(text, { password: wrong }), 'key-password-wrong')
  }
  // Without a MAC only what comes out shows that it is the wrong one.
  const file = pkcs12({ key: privateKey, certificates: [der] })
  for (let nth = 0; nth < 300; nth++) assert.equal(faultOf(file, { password: `wrong ${nth}` }), 'key-password-wrong')
})

test('aliases: those that there are are listed, in words that no terminal takes for orders', () => {
  assert.match(sentenceOf(refusal(twoKeysFile, { password })).sentence, /“other”, “sso”/)
  assert.equal(faultOf(twoKeysFile, { password }), 'key-alias-needed')
  const unknown = refusal(keytoolFile, { password, alias: 'nobody' })
  assert.deepEqual([unknown.fault, unknown.found], ['key-alias-unknown', '“sso”'])
  const odd = pkcs12({ key: privateKey, certificates: [der], name: `\u001b[2Jx${'y'.repeat(500)}` })
  assert.match(refusal(odd, { password, alias: 'z' }).found, /^“\[2Jxy{96}”$/)
})

test('a key that is no RSA key, or too short, or too long', () => {
  assert.equal(faultOf(twoKeysFile, { password, alias: 'other' }), 'key-kind')
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const { sentence } = sentenceOf(refusal(ec.export({ type: 'sec1', format: 'pem' }) + certificatePem))
  assert.match(sentence, /kind ec\. Only RSA/)
  const short = refusal(pemOf(rsa(1024), 'pkcs8') + certificatePem)
  assert.deepEqual([short.fault, short.found], ['key-size', '1024'])
})

test('a file without what it must have, or with too much', async () => {
  const key = pemOf(privateKey, 'pkcs8')
  assert.equal(faultOf(certificateOnlyFile, { password }), 'key-missing')
  assert.equal(faultOf(certificatePem), 'key-missing')
  assert.equal(faultOf(key), 'certificate-missing')
  assert.equal(faultOf(pkcs12({ key: privateKey }), { password }), 'certificate-missing')
  assert.equal(faultOf(key + key + certificatePem), 'key-several')
  const other = await made()
  const stranger = refusal(key + other.certificate)
  assert.deepEqual([stranger.fault, stranger.found], ['certificate-of-another-key', 'CN=Made'])
})

test('a certificate outside its dates', async () => {
  const old = await made('2020-01-01', '2026-02-28')
  const early = await made('2026-03-02', '2030-01-01')
  assert.deepEqual(
    refusal(old.key + old.certificate),
    Object.assign(new KeyRefused('certificate-expired', '2026-02-28')),
  )
  const found = refusal(early.key + early.certificate)
  assert.deepEqual([found.fault, found.found], ['certificate-not-yet-valid', '2026-03-02'])
})

test('rounds that would take hours are refused before they begin, wherever they stand', () => {
  const rounds = 1_000_001
  const certificates = [der]
  for (const file of [
    pkcs12({ key: privateKey, certificates, mac: mac(rounds) }),
    pkcs12({ key: privateKey, certificates, mac: mac(2 ** 31 - 1) }),
    pkcs12({ key: privateKey, certificates, encrypting: { rounds } }),
    // Only seen when another part has been decrypted.
    pkcs12({ key: privateKey, certificates, encrypting: { rounds }, hidden: true }),
  ])
    assert.equal(faultOf(file, { password }), 'key-file-too-costly')
  const info = pkcs12({ key: privateKey, certificates, encrypting: { rounds: 0 } })
  assert.equal(faultOf(info, { password }), 'key-file-unreadable')
})

test('encryption that is not known is named', () => {
  const certificates = [der]
  for (const [file, named] of [
    [{ encrypting: { scheme: '1.2.840.113549.1.12.1.1' } }, '1.2.840.113549.1.12.1.1'],
    [{ encrypting: { cipher: '1.3.14.3.2.7' } }, '1.3.14.3.2.7'],
    [{ mac: mac(1, '1.2.840.113549.1.5.14') }, '1.2.840.113549.1.5.14'],
  ] as const) {
    const refused = refusal(pkcs12({ key: privateKey, certificates, ...file }), { password })
    assert.equal(refused.fault, 'key-file-encryption')
    assert.ok(refused.found.includes(named), refused.found)
  }
})

test('rubbish is refused: too large, too deep, cut off, changed, or something else', () => {
  assert.equal(faultOf(Buffer.alloc(LARGEST_FILE + 1, 0x30)), 'key-file-too-large')
  for (const rubbish of [
    '',
    'x',
    '\u0000',
    '-----BEGIN PRIVATE KEY-----',
    Buffer.alloc(LARGEST_FILE, 0x30),
    deep(33),
    deep(200),
  ])
    assert.equal(faultOf(rubbish, { password }), 'key-file-unreadable')
  assert.equal(faultOf(der, { password }), 'key-file-unreadable')
  assert.equal(faultOf(pkcs12({ key: privateKey, version: 2 }), { password }), 'key-file-unreadable')
  const broken = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'
  assert.equal(faultOf(broken + certificatePem), 'key-file-unreadable')
  const noCertificate = broken.replaceAll('PRIVATE KEY', 'CERTIFICATE')
  assert.equal(faultOf(pemOf(privateKey, 'pkcs8') + noCertificate), 'certificate-unreadable')
})

test('no cut and no changed byte makes it fail otherwise than by a refusal', () => {
  // Without a MAC, so that every change reaches the readers.
  const file = pkcs12({ key: privateKey, certificates: [der], name: 'sso', hidden: false })
  for (const whole of [file, keytoolFile.subarray(0, 300)]) {
    for (let at = 0; at < whole.length; at += 3) {
      for (const bytes of [whole.subarray(0, at), changed(whole, at)]) {
        try {
          read(bytes, { password })
        } catch (error) {
          assert.ok(error instanceof KeyRefused, `${at}: ${error instanceof Error ? error.stack : error}`)
        }
      }
    }
  }
})

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 0x55
  return copy
}

test('what keytool and openssl of this machine write is read', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-keys-'))
  t.after(() => rmSync(folder, { recursive: true }))
  await t.test('keytool', withTool('keytool', '-help'), () => {
    const store = ['-storepass', password, '-keystore', join(folder, 'made.p12')]
    const key = ['-genkeypair', '-alias', 'sso', '-keyalg', 'RSA', '-keysize', '2048', '-dname', 'CN=Fresh']
    const dates = ['-startdate', '2026/01/01', '-validity', '3650']
    execFileSync('keytool', [...key, ...dates, '-storetype', 'PKCS12', ...store], { stdio: 'ignore' })
    const { certificatePem } = read(readFileSync(join(folder, 'made.p12')), { password, alias: 'sso' })
    assert.equal(new X509Certificate(certificatePem).subject, 'CN=Fresh')
  })
  await t.test('openssl', withTool('openssl', 'version'), () => {
    const input = pemOf(privateKey, 'pkcs8') + certificatePem
    for (const options of [
      [],
      ['-legacy'],
      ['-nomac'],
      ['-macalg', 'sha512'],
      ['-keypbe', 'NONE', '-certpbe', 'NONE'],
    ]) {
      const words = ['pkcs12', '-export', '-passout', `pass:${password}`, '-name', 'sso', ...options]
      const { status, stdout } = spawnSync('openssl', words, { input })
      // Not every OpenSSL has the legacy algorithms.
      if (status !== 0) continue
      assert.equal(new X509Certificate(read(stdout, { password }).certificatePem).subject, subject, options.join(' '))
    }
    for (const words of [
      ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512', '-iter', '5000'],
      ['pkcs8', '-topk8', '-v1', 'PBE-SHA1-3DES'],
      ['rsa', '-traditional', '-des3'],
    ]) {
      const [command = '', ...rest] = words
      const made = spawnSync('openssl', [command, ...rest, '-passout', `pass:${password}`], {
        input: pemOf(privateKey, 'pkcs8'),
      })
      if (made.status !== 0) continue
      assert.equal(
        new X509Certificate(read(made.stdout + certificatePem, { password }).certificatePem).subject,
        subject,
      )
    }
    const scrypt = spawnSync('openssl', ['pkcs8', '-topk8', '-scrypt', '-passout', `pass:${password}`], {
      input: pemOf(privateKey, 'pkcs8'),
    })
    if (scrypt.status === 0) assert.equal(faultOf(scrypt.stdout + certificatePem, { password }), 'key-file-encryption')
  })
})

function withTool(command: string, word: string): { skip: string | false } {
  const found = spawnSync(command, [word], { stdio: 'ignore' }).error === undefined
  return { skip: found ? false : `${command} is not installed` }
}

test('every refusal was met above, and has a sentence and a cure', (_t: TestContext) => {
  assert.deepEqual([...seen].sort(), [...importFaults].sort())
  for (const fault of importFaults) {
    const { sentence, cure } = sentenceOf({ fault, found: 'x' })
    assert.match(sentence, /^[A-Z].*\.$/)
    assert.match(cure, /^[A-Z].*\.$/)
  }
})
