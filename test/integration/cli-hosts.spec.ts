import { expect } from 'chai'
import { chatId, userId, type HostId } from '../../src/ids.js'
import { auditTable } from '../../src/postgres/audit.js'
import { hostsTable } from '../../src/postgres/hosts.js'
import { instant } from '../../src/cli/words.js'
import { HostFloodError } from '../../src/telegram/errors.js'
import { cli } from '../support/cli.js'
import { CLI_SECRET, createCliStage, type CliStage } from '../support/cli-stage.js'
import { person } from '../support/live-state.js'

describe('cli about hosts', () => {
  let stage: CliStage
  let host: HostId
  before(async () => (stage = await createCliStage()))
  beforeEach(async () => {
    await stage.reset()
    host = await hosts().add({ phoneLabel: '+49…67', userId: userId(7_000_000_001), session: 'the session' })
  })
  after(() => stage.close())

  const hosts = () => hostsTable(stage.db, CLI_SECRET)
  const status = async () => (await hosts().get(host))?.status
  const owns = (n: number, state: string, room: string | null = null) =>
    stage.db.none('insert into groups (host_id, marker, chat_id, status, room_id) values ($1, $2, $3, $4, $5)', [
      host,
      `marker-${n}`,
      -1_002_400_000_000 - n,
      state,
      room,
    ])

  it('shows each host and never its session', async () => {
    const hosts = hostsTable(stage.db, CLI_SECRET)
    const host = await hosts.add({ phoneLabel: '+49…68', userId: userId(7_000_000_002), session: 'the session' })
    await hosts.park(host, Date.UTC(2100, 0, 2, 3, 4, 5), 'FLOOD_WAIT')
    for (const columns of [80, undefined]) {
      const { out } = await cli(['hosts', 'list'], stage.env, columns === undefined ? {} : { columns })
      expect(out)
        .to.match(/\+49…68 +parked until 2100-01-02 03:04:05/)
        .and.to.match(new RegExp(`^host ${host}: FLOOD_WAIT$`, 'm'))
    }
    const listed = await stage.json<{ hosts: { host: string }[] }>('hosts list')
    expect(listed.hosts.map((row) => row.host)).to.include(host)
    expect(JSON.stringify(listed)).not.to.contain('session')
  })

  it('tells of its groups in every part of their life, in the list and in the status', async () => {
    const counts = { preparing: 1, stock: 2, held: 3, disposing: 4 }
    let n = 0
    for (const [state, count] of Object.entries(counts)) for (let i = 0; i < count; i++) await owns(++n, state)
    const [titles = '', row = ''] = (await stage.run('hosts list')).out.split('\n')
    const under = (title: string) => row.slice(0, titles.indexOf(title) + title.length).match(/\S+$/)?.[0]
    const named = { preparing: 'PREPARING', stock: 'STOCK', held: 'ROOMS', disposing: 'TO DELETE' }
    for (const [state, title] of Object.entries(named))
      expect(under(title), title).to.equal(String(counts[state as keyof typeof counts]))
    const words = '2 in stock, 3 in rooms, 1 in preparation, 4 to be deleted'
    const seen = await stage.run('status')
    expect(seen.out.replaceAll(/\s+/g, ' ')).to.contain(words)
  })

  it('are drained, parked and put to work again; the service is told, and the audit table', async () => {
    await owns(1, 'stock')
    expect(await stage.json(`hosts drain ${host}`)).to.deep.equal({
      host,
      status: 'draining',
      groups: { preparing: 0, stock: 1, held: 0, disposing: 0 },
    })
    expect(await status()).to.equal('draining')
    expect(await stage.live.drain(`host:${host}`)).to.deep.equal([{ type: 'fill' }])
    expect((await stage.run(`hosts park ${host} --for 1h`)).notes).to.contain('is draining and makes no groups anyway')
    expect(await stage.json(`hosts resume ${host}`)).to.deep.equal({ host, status: 'active', was: 'draining' })

    const parked = await stage.json<{ parkedUntil: number }>(`hosts park ${host} --for 2h --reason night`)
    expect(parked.parkedUntil - Date.now()).to.be.within(7_190_000, 7_210_000)
    expect(await hosts().get(host)).to.include({ status: 'parked', lastError: 'night' })
    const again = await stage.json<{ parkedUntil: number }>(`hosts park ${host} --for 1h`)
    expect(again.parkedUntil).to.equal(parked.parkedUntil)
    expect(await stage.json(`hosts resume ${host}`)).to.include({ was: 'parked' })
    expect(await hosts().get(host)).to.include({ status: 'active', parkedUntil: null })
    const audit = (await auditTable(stage.db).newest(5)).map(({ action }) => action)
    expect(audit).to.have.members(['hosts drain', 'hosts resume', 'hosts park', 'hosts park', 'hosts resume'])
  })

  it('say why they are parked wherever they are shown, and rest no shorter for another reason', async () => {
    const { parkedUntil } = await stage.json<{ parkedUntil: number }>([
      ...`hosts park ${host} --for 2h --reason`.split(' '),
      'moving house',
    ])
    const { out } = await stage.run(`hosts park ${host} --for 1h --reason other`)
    const until = instant(parkedUntil)
    expect(out).to.equal(`Host ${host} makes no groups until ${until} UTC (moving house): it rested as long already.\n`)
    expect((await stage.run('hosts list')).out).to.match(new RegExp(`^host ${host}: moving house$`, 'm'))
    expect((await stage.run('status')).out).to.contain(`parked until ${until} UTC (moving house)`)
    expect((await stage.run(`hosts resume ${host}`)).out).to.equal(`Host ${host} works again (it was parked).\n`)
    expect((await stage.run(`hosts resume ${host}`)).out).to.equal(`Host ${host} was at work already.\n`)
  })

  it('rest for as long as Telegram asked, unless somebody insists', async () => {
    const until = Date.now() + 3_600_000
    const { message } = new HostFloodError('channels.CreateChannel', 3_600_000)
    for (const begin of [() => hosts().activate(host), () => hosts().drain(host)]) {
      await begin()
      await hosts().flood(host, until, message)
      const refused = await stage.run(`hosts resume ${host}`)
      expect(refused.code).to.equal(1)
      expect(refused.notes)
        .to.contain(`until ${instant(until)} UTC`)
        .and.to.contain(`hosts resume ${host} --force`)
      expect((await hosts().get(host))?.floodUntil).to.equal(until)
      expect(await stage.json(`hosts resume ${host} --force`)).to.include({ status: 'active' })
    }
    await hosts().flood(host, until, message)
    await stage.run(`hosts park ${host} --for 1m --reason night`)
    expect(await hosts().get(host), 'it is still Telegram').to.include({ parkedUntil: until, lastError: message })
    await hosts().activate(host)
    await hosts().flood(host, Date.now() - 1_000, message)
    expect(await stage.json(`hosts resume ${host}`)).to.include({ status: 'active' })
  })

  for (const between of ['park --for 2h --reason night', 'drain'])
    it(`rest for as long as Telegram asked, whatever comes between (${between})`, async () => {
      const floodUntil = Date.now() + 3_600_000
      await hosts().flood(host, floodUntil, 'FLOOD_WAIT')
      const [name = '', ...options] = between.split(' ')
      await stage.json([`hosts ${name} ${host}`, ...options].join(' '))
      const refused = await stage.run(`hosts resume ${host}`)
      expect(refused.code).to.equal(1)
      expect(refused.notes).to.contain(`until ${instant(floodUntil)} UTC`)
      expect(await hosts().get(host)).to.include({ floodUntil })
    })

  it('FLOOD_WAIT does not end a drain', async () => {
    await hosts().drain(host)
    await hosts().flood(host, Date.now() + 60_000, 'FLOOD_WAIT')
    expect(await status()).to.equal('draining')
  })

  it('in quarantine can only be logged in again, or forgotten', async () => {
    await hosts().quarantine(host, 'AUTH_KEY_UNREGISTERED')
    for (const command of ['drain', 'resume', 'park --for 1h']) {
      const [name = '', ...rest] = command.split(' ')
      const { code, notes } = await stage.run([`hosts ${name} ${host}`, ...rest].join(' '))
      expect(code).to.equal(1)
      expect(notes).to.contain('hosts login').and.to.contain(`hosts remove ${host} --abandon`)
    }
  })

  it('are forgotten only when they own nothing', async () => {
    await owns(1, 'stock')
    const refused = await stage.run(`hosts remove ${host} --yes`)
    expect(refused.code).to.equal(1)
    expect(refused.notes).to.contain(`still owns 1 group. Have it deleted first: hosts drain ${host} --wait`)
    await stage.db.none(`update groups set status = 'deleted'`)
    const asked = await stage.run(`hosts remove ${host} --json`, 'y')
    expect(asked.questions).to.deep.equal([`Forget host ${host} (+49…67) and its session? [y/N] `])
    expect(JSON.parse(asked.out)).to.deep.equal({
      host,
      outcome: 'removed',
      abandoned: 0,
      groups: [],
      restsUntil: null,
    })
    expect(await hosts().get(host)).to.equal(null)
    expect(await stage.run(`hosts drain ${host}`)).to.include({ code: 3 })
  })

  it('that are forgotten and logged in again rest for as long as Telegram asked', async () => {
    const until = Date.now() + 3_600_000
    await hosts().flood(host, until, 'FLOOD_WAIT')
    const { out } = await stage.run(`hosts remove ${host} --yes`)
    expect(out).to.contain(`Telegram wants its account to rest until ${instant(until)} UTC`)
    const again = await hosts().add({ phoneLabel: '+49…67', userId: userId(7_000_000_001), session: 'another' })
    expect(again).not.to.equal(host)
    expect(await hosts().get(again)).to.include({ status: 'parked', parkedUntil: until, floodUntil: until })
    expect((await stage.run(`hosts resume ${again}`)).code).to.equal(1)
    await hosts().activate(again)
    expect(await stage.json(`hosts remove ${again} --yes`), 'somebody insisted').to.include({ restsUntil: null })
    const anew = await hosts().add({ phoneLabel: '+49…67', userId: userId(7_000_000_001), session: 'a third' })
    expect(await hosts().get(anew)).to.include({ status: 'active', floodUntil: null })
  })

  it('whose account is lost are abandoned with their groups, but not with rooms', async () => {
    const [chat] = await stage.live.stock(1, host)
    await stage.db.none(`insert into groups (host_id, marker, chat_id, status) values ($1, 'm', $2, 'stock')`, [
      host,
      chat,
    ])
    expect((await stage.run(`hosts remove ${host} --abandon --yes`)).notes).to.contain('is active, so it can delete')
    await hosts().quarantine(host, 'USER_DEACTIVATED')
    await stage.live.find(person(1))
    await stage.live.find(person(2))
    const refused = await stage.run(`hosts remove ${host} --abandon --yes`)
    expect(refused.notes).to.contain(`rooms close --all --host ${host}`)
    await stage.run(`rooms close --all --host ${host} --yes`)
    const [room] = (await stage.json<{ rooms: { room: string }[] }>('rooms list')).rooms
    await stage.live.rooms.finish(await stage.live.room((room?.room ?? '') as never), 'disposing')
    const left = await stage.json(`hosts remove ${host} --abandon --yes`)
    expect(left).to.deep.equal({ host, outcome: 'removed', abandoned: 1, groups: [chat], restsUntil: null })
    expect(await stage.live.groups.place(chatId(chat ?? ''))).to.equal(undefined)
    expect(await stage.live.redis.exists(stage.live.keys.mailbox(`host:${host}`))).to.equal(0)
  })

  it('sessions are put under another key, all or none, and repeating it does no harm', async () => {
    const env = {
      ...stage.env,
      SECRET_KEY: 'another secret of many characters',
      OLD: CLI_SECRET,
      WRONG: 'x'.repeat(20),
    }
    const rekey = (name: string) => cli(['hosts', 'rekey', '--old-key-env', name, '--json'], env)
    const wrong = await rekey('WRONG')
    expect(wrong.code).to.equal(1)
    expect(wrong.notes).to.contain(`The session of host ${host} opens neither with the old key nor with SECRET_KEY`)
    expect(await hosts().session(host)).to.equal('the session')
    expect(JSON.parse((await rekey('OLD')).out)).to.deep.equal({ changed: 1, same: 0 })
    expect(await hostsTable(stage.db, env.SECRET_KEY).session(host)).to.equal('the session')
    expect(JSON.parse((await rekey('OLD')).out)).to.deep.equal({ changed: 0, same: 1 })
    const again = await cli(['hosts', 'rekey', '--old-key-env', 'WRONG'], env)
    expect(again.out).to.equal('Nothing was changed: 1 session is under this SECRET_KEY already.\n')
    const two = await hosts().add({ phoneLabel: '+49…68', userId: userId(7_000_000_002), session: 'another session' })
    const one = await rekey('WRONG')
    expect([one.code, one.notes]).to.deep.equal([
      1,
      `The session of host ${two} opens neither with the old key nor with SECRET_KEY. Nothing was changed.\n`,
    ])
    expect((await rekey('NOWHERE')).notes).to.contain('NOWHERE is not set')
    expect((await rekey('the key itself')).code).to.equal(2)
  })
})
