import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { installEnv, lockStamp, nodeProblem, sameInstallation } from '../../scripts/bootstrap.mjs'
import { loadEnvFile } from '../../scripts/env-file.mjs'
import { packagesToInstall } from '../../scripts/servers/debian-packages.js'
import { engineAddresses, requestTarget } from '../../scripts/servers/engine.js'
import { redisVersion } from '../../scripts/servers/redis-binary.js'
import { commandLine } from '../../scripts/servers/until-process-ends.js'
import { chooseSpecs, closingLine, failedFiles, parseSummary, secondTry, sumOf } from '../../scripts/test-choice.js'

describe('bootstrap', () => {
  it('accepts Node 20.19 and everything after it', () => {
    for (const version of ['20.19.0', '20.20.2', '22.0.0', '24.1.0']) expect(nodeProblem(version)).to.equal(undefined)
    for (const version of ['20.18.3', '18.20.0']) expect(nodeProblem(version)).to.contain(version)
  })

  it('gives the same stamp for the same lock file on the same platform only', () => {
    const stamp = lockStamp('{"a":1}', 'linux-x64-115')
    expect(lockStamp('{"a":1}', 'linux-x64-115')).to.equal(stamp)
    expect(lockStamp('{"a":2}', 'linux-x64-115')).not.to.equal(stamp)
    expect(lockStamp('{"a":1}', 'darwin-arm64-115')).not.to.equal(stamp)
  })

  it('recognises an installation made by hand, and one that lacks or changes something', () => {
    const wanted = {
      '': { version: '1.0.0' },
      'node_modules/a': { version: '1.0.0', integrity: 'x' },
      'node_modules/b': { version: '2.0.0', os: ['no-such-system'] },
    }
    const a = wanted['node_modules/a']
    expect(sameInstallation(wanted, { 'node_modules/a': a })).to.equal(true)
    expect(sameInstallation(wanted, {})).to.equal(false)
    expect(sameInstallation(wanted, { 'node_modules/a': { ...a, version: '1.0.1' } })).to.equal(false)
    expect(sameInstallation(wanted, { 'node_modules/a': a, 'node_modules/c': { version: '1.0.0' } })).to.equal(false)
  })

  it('keeps the settings of an outer npm away from the inner one, but not the way to the registry', () => {
    const env = {
      PATH: '/bin',
      NODE_ENV: 'production',
      npm_config_omit: 'dev',
      npm_lifecycle_event: 'test',
      npm_config_registry: 'https://registry.example',
      npm_config_cafile: '/ca.pem',
      npm_config_https_proxy: 'http://proxy.example',
    }
    expect(Object.keys(installEnv(env))).to.deep.equal([
      'PATH',
      'npm_config_registry',
      'npm_config_cafile',
      'npm_config_https_proxy',
    ])
  })
})

describe('.env', () => {
  let directory: string
  beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), 'visavis-env-'))))
  afterEach(() => rmSync(directory, { recursive: true }))

  it('adds what is not set, and leaves alone what is', () => {
    const file = path.join(directory, '.env')
    writeFileSync(file, '# words\nWAIT_MAX=20s\nGROUP_DISPOSAL="recycle"\nDATA_DIR=here\n')
    const env: NodeJS.ProcessEnv = { DATA_DIR: 'there', GROUP_DISPOSAL: '' }
    expect(loadEnvFile(file, env)).to.deep.equal(['WAIT_MAX'])
    expect(env).to.deep.equal({ DATA_DIR: 'there', GROUP_DISPOSAL: '', WAIT_MAX: '20s' })
  })

  it('does without the file', () => {
    expect(loadEnvFile(path.join(directory, '.env'), {})).to.deep.equal([])
  })
})

describe('finding servers', () => {
  it('reads the version of Redis and of Valkey, and whether it is recent enough', () => {
    expect(redisVersion('Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0')).to.deep.equal({
      version: '7.0.15',
      isRecent: true,
    })
    expect(redisVersion('Valkey server v=8.1.1 sha=0')?.isRecent).to.equal(true)
    expect(redisVersion('Redis server v=6.2.14 sha=0')?.isRecent).to.equal(false)
    expect(redisVersion('redis-check-rdb 7')).to.equal(undefined)
  })

  it('reads from apt-get what a package needs', () => {
    const output = 'Reading…\nInst libjemalloc2 (5.3.0-1 Debian)\nInst redis-tools (5:7.0.15)\nConf redis-tools (5)\n'
    expect(packagesToInstall(output)).to.deep.equal(['libjemalloc2', 'redis-tools'])
  })

  it('looks for a container engine in all usual places', () => {
    const addresses = engineAddresses({
      env: { XDG_RUNTIME_DIR: '/run/user/7' },
      home: '/home/a',
      uid: 7,
      properties: '',
    })
    expect(addresses[0]).to.equal('unix:///var/run/docker.sock')
    expect(addresses).to.include('unix:///run/user/7/docker.sock')
    expect(addresses).to.include('unix:///home/a/.colima/default/docker.sock')
    expect(addresses).to.include('unix:///run/podman/podman.sock')
  })

  it('takes an engine that somebody has named before all others', () => {
    const surroundings = { home: '/home/a', uid: 7, properties: 'x = 1\ntc.host = tcp://127.0.0.1:2375\n' }
    expect(engineAddresses({ ...surroundings, env: {} })[0]).to.equal('tcp://127.0.0.1:2375')
    const env = { DOCKER_HOST: 'unix:///a.sock' }
    expect(engineAddresses({ ...surroundings, env })).to.deep.equal(['unix:///a.sock'])
  })

  it('turns the address of an engine into where to ask', () => {
    expect(requestTarget('unix:///a.sock')).to.deep.equal({ socketPath: '/a.sock' })
    expect(requestTarget('tcp://127.0.0.1:1234')).to.deep.equal({ host: '127.0.0.1', port: 1234 })
    expect(requestTarget('tcp://engine')).to.deep.equal({ host: 'engine', port: 2375 })
    expect(requestTarget('ssh://somebody@engine')).to.equal(undefined)
  })

  it('sees whether a process lives', () => {
    expect(commandLine(process.pid)).to.contain('node')
    expect(commandLine(Number.NaN)).to.equal(undefined)
    expect(commandLine(2 ** 30)).to.equal(undefined)
  })
})

describe('choosing tests', () => {
  it('runs everything but the slow ones by default, everything with --full, the slow ones alone with --slow', () => {
    const quick = chooseSpecs(['-g', 'pattern'])
    expect(quick.options).to.include.members(['-g', 'pattern', '--ignore'])
    expect(chooseSpecs(['--full'])).to.deep.include({ options: [], specs: quick.specs })
    expect(chooseSpecs(['--slow'])).to.deep.include({ options: [], specs: ['test/**/*.slow.spec.ts'] })
  })

  it('runs the named files only, slow or not, and needs no servers for unit tests', () => {
    const file = 'test/e2e/long.slow.spec.ts'
    const ignored = ['--ignore', '**/*.slow.spec.ts']
    expect(chooseSpecs([file, '--again', ...ignored])).to.deep.equal({
      options: ignored,
      specs: [file],
      needsServers: true,
      again: true,
    })
    expect(chooseSpecs(['test/unit/a.spec.ts', './test/unit']).needsServers).to.equal(false)
    expect(chooseSpecs(['test/unit/a.spec.ts', file]).needsServers).to.equal(true)
  })

  it('knows the files in which something failed, and counts them as they were the second time', () => {
    const first = { a: { passed: 3, failed: 0, skipped: 1 }, b: { passed: 1, failed: 1, skipped: 0 } }
    expect(failedFiles(first)).to.deep.equal(['b'])
    expect(sumOf(first)).to.deep.equal({ passed: 4, failed: 1, skipped: 1 })
    expect(sumOf({ ...first, b: { passed: 2, failed: 0, skipped: 0 } })).to.deep.equal({
      passed: 5,
      failed: 0,
      skipped: 1,
    })
    // A hook of all files belongs to none.
    expect(failedFiles({ '': { passed: 0, failed: 1, skipped: 0 } })).to.deep.equal([])
  })

  it('forgets nothing over a second try', () => {
    const a = { passed: 3, failed: 0, skipped: 0 }
    const first = { summary: { a, b: { passed: 1, failed: 1, skipped: 0 } }, code: 1 }
    const better = { summary: { b: { passed: 2, failed: 0, skipped: 0 } }, code: 0 }
    expect(secondTry(first, better)).to.deep.equal({ summary: { a, ...better.summary }, code: 0 })
    // What had gone wrong besides the one test.
    expect(secondTry({ ...first, code: 7 }, better).code).to.equal(7)
    // A test that failed is skipped now.
    const fewer = { summary: { b: { passed: 1, failed: 0, skipped: 1 } }, code: 0 }
    expect(secondTry(first, fewer).summary?.['b']).to.deep.equal({ passed: 1, failed: 1, skipped: 1 })
    expect(secondTry(first, { summary: undefined, code: 0 })).to.deep.equal({ summary: undefined, code: 1 })
  })

  it('closes with one line that can be read by a program', () => {
    expect(closingLine({ passed: 12, failed: 0, skipped: 0 })).to.equal('12 passed, 0 failed')
    expect(closingLine({ passed: 12, failed: 1, skipped: 2 })).to.equal('12 passed, 1 failed, 2 skipped')
    const summary = { 'a.spec.ts': { passed: 1, failed: 2, skipped: 3 } }
    expect(parseSummary(JSON.stringify(summary))).to.deep.equal(summary)
    expect(parseSummary(undefined)).to.equal(undefined)
  })
})
