import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parseDuration, readVariables, ROLES, VARIABLES, type Role } from '../../src/config.js'

const read = (file: string) => readFileSync(file, 'utf8')
const dockerfile = read('Dockerfile')
const compose = read('compose.yaml')
const unit = read('docs/visavis.service')
const deploy = read('docs/deploy.md')
const { engines, bin } = JSON.parse(read('package.json')) as {
  engines: { node: string }
  bin: { visavis: string }
}
const isSetting = (name: string) => Object.hasOwn(VARIABLES, name)
/** Settings of the images that compose.yaml uses. */
const OF_POSTGRES = /^POSTGRES_(USER|DB|PASSWORD)$/
/** The source of a built file: dist is made of src. */
const sourceOf = (built: string) => built.replace(/^(\.\/)?dist\//, 'src/').replace(/\.js$/, '.ts')
const defaults = readVariables({}, ['OPS_PORT', 'BOT_WEBHOOK_PORT'])
const ports = [defaults.OPS_PORT, defaults.BOT_WEBHOOK_PORT].map(String)

describe('Dockerfile', () => {
  it('runs what the build makes, as somebody without rights', () => {
    const [, started = ''] = /^CMD \["node", "(.+)"\]$/m.exec(dockerfile) ?? []
    expect(existsSync(sourceOf(started)), started).to.equal(true)
    const [, command = ''] = /ln -s \/app\/(\S+) \/usr\/local\/bin\/visavis/.exec(dockerfile) ?? []
    expect(command).to.equal(bin.visavis)
    expect(existsSync(sourceOf(command)), command).to.equal(true)
    expect(dockerfile.lastIndexOf('\nUSER node')).to.be.greaterThan(dockerfile.lastIndexOf('\nRUN '))
  })

  it('sets settings that exist, opens their ports, and asks an address that answers', () => {
    const names = /^ENV (.+)$/m.exec(dockerfile)?.[1]?.match(/[A-Z_]+(?==)/g) ?? []
    expect(names).not.to.deep.equal([])
    expect(names.filter((name) => !isSetting(name))).to.deep.equal([])
    expect(/^EXPOSE (.+)$/m.exec(dockerfile)?.[1]?.split(' ')).to.deep.equal(ports)
    expect(dockerfile).to.contain(`process.env.OPS_PORT || ${defaults.OPS_PORT}) + '/healthz'`)
    expect(read('src/ops/server.ts')).to.contain("'/healthz'")
  })

  it('takes a Node that is new enough, and only files that .dockerignore lets through', () => {
    const oldest = /\d+/.exec(engines.node)?.[0]
    expect(Number(/^ARG NODE_IMAGE=node:(\d+)/m.exec(dockerfile)?.[1])).to.be.at.least(Number(oldest))
    const allowed = read('.dockerignore').match(/(?<=^!)\S+/gm) ?? []
    const copied = [...dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, files = '']) => files.split(' '))
    expect([...new Set(copied)].sort()).to.deep.equal(allowed.sort())
    expect(copied.filter((file) => !existsSync(file))).to.deep.equal([])
  })
})

/** The text of one service, of x-service, or of whatever else stands at the margin. */
const block = (name: string, indent: string): string =>
  new RegExp(`^${indent}${name}:.*\\n((?:(?:${indent} +.*)?\\n)*)`, 'm').exec(compose)?.[1] ?? ''

describe('compose.yaml', () => {
  it('sets nothing but settings', () => {
    const names = [...compose.matchAll(/^ +([A-Z][A-Z_]+):/gm)].map(([, name = '']) => name)
    expect(names).to.include.members(['REDIS_URL', 'DATABASE_URL', 'ROLES'])
    expect(names.filter((name) => !isSetting(name) && !OF_POSTGRES.test(name))).to.deep.equal([])
  })

  it('plays every role, and what only one may do in one process', () => {
    const rolesOf = (service: string): readonly Role[] =>
      readVariables({ ROLES: /ROLES: (.+)/.exec(block(service, '  '))?.[1] }, ['ROLES']).ROLES
    expect([...rolesOf('visavis'), ...rolesOf('worker')].sort()).to.deep.equal([...ROLES].sort())
    expect(rolesOf('worker')).to.deep.equal(['worker'])
  })

  it('publishes the ports of the settings, to this machine only', () => {
    expect(
      [...compose.matchAll(/- (\S+):(\d+):(\d+)$/gm)].map(([, host, out, inside]) => [host, out, inside]),
    ).to.deep.equal(ports.map((port) => ['127.0.0.1', port, port]))
  })

  it('has a Redis that keeps everything and tells of what expires, and volumes for both stores', () => {
    const redis = block('redis', '  ')
    expect(redis).to.match(/--maxmemory-policy noeviction .*--appendonly yes .*--notify-keyspace-events Ex/)
    for (const store of ['redis', 'postgres']) expect(block('volumes', ''), store).to.contain(`  ${store}:`)
    expect(redis).to.contain('redis:/data')
    expect(block('postgres', '  ')).to.contain('postgres:/var/lib/postgresql/data')
  })
})

/** What `STOP_MS` of src/app/app.ts is: the service ends by itself within it. */
const stopMs = Number((/const STOP_MS = ([\d_]+)/.exec(read('src/app/app.ts'))?.[1] ?? '').replaceAll('_', ''))

describe('docs/visavis.service', () => {
  it('starts what the build makes, with the settings of a file', () => {
    const [, started = ''] = /^ExecStart=\/usr\/bin\/node (\S+)$/m.exec(unit) ?? []
    expect(existsSync(sourceOf(started)), started).to.equal(true)
    for (const place of [/^WorkingDirectory=(\S+)/m, /^EnvironmentFile=(\S+)/m, /^User=(\S+)/m])
      expect(deploy).to.contain(place.exec(unit)?.[1])
    expect(/^Environment=(\w+)=(\w+)$/m.exec(unit)?.[1]).to.satisfy(isSetting)
  })

  it('waits, as compose.yaml does, for longer than the service takes to stop', () => {
    expect(stopMs).to.be.greaterThan(1_000)
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]) * 1_000).to.be.greaterThan(stopMs)
    expect(parseDuration(/stop_grace_period: (\S+)/.exec(compose)?.[1] ?? '')).to.be.greaterThan(stopMs)
  })
})

describe('docs/deploy.md', () => {
  it('says of every RETENTION_… how long it is, and of what is kept otherwise for how long', () => {
    const said = [...deploy.matchAll(/`(RETENTION_\w+)`, (\d+) days/g)].map(([, name = '', days]) => [name, `${days}d`])
    const inCode = Object.keys(VARIABLES).filter((name) => name.startsWith('RETENTION_')) as (keyof typeof VARIABLES)[]
    expect(said.map(([name]) => name).sort()).to.deep.equal(inCode.sort())
    for (const [name = '', days = ''] of said)
      expect(readVariables({}, [name as 'RETENTION_ROOMS']), name).to.deep.equal({ [name]: parseDuration(days) })
    const idle = /const DAYS = (\d+)/.exec(read('src/cron/prune-people-job.ts'))?.[1]
    expect(deploy).to.match(new RegExp(`idle people's .*\\| ${idle} days`))
  })

  it('names the oldest servers that the code takes', () => {
    expect(engines.node).to.equal(`>=${/\| Node.js +\| (\S+)/.exec(deploy)?.[1]}`)
    expect(/\| Postgres +\| (\d+)/.exec(deploy)?.[1]).to.equal(
      /OLDEST_MAJOR = (\d+)/.exec(read('src/postgres/database.ts'))?.[1],
    )
    const [, redis = ''] = /\| Redis +\| (\d+)\./.exec(deploy) ?? []
    expect(read('src/redis/server-check.ts')).to.match(new RegExp(`OLDEST\\w* = \\[?${redis}\\b`))
  })
})
