import { expect } from 'chai'
import { createApp, type App } from '../../src/app/app.js'
import { createLogger } from '../../src/logger.js'
import { meet, roomOf } from '../support/meetings.js'
import { scrape } from '../support/scrape.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'
import { within } from '../support/speed.js'

describe('metrics and logs of a running service', () => {
  let stage: Stage
  let ops: string
  let app: App
  const lines: string[] = []
  let link = ''
  const said = 'a sentence that only the two may read'

  before(async () => {
    stage = await openStage()
    const logger = createLogger({ level: 'trace', pretty: false, to: { write: (line) => void lines.push(line) } })
    app = await createApp(stage.config, logger)
    ops = app.opsUrl
    await stage.stocked(3)
  })
  after(async () => {
    await app.stop()
    await stage.close()
  })

  it('count what happened to people, rooms and groups', async () => {
    const [ann, ben] = [await stage.register('Annabella'), await stage.register('Benedict')]
    const group = await meet(stage, ann, ben)
    link = (await roomOf(stage, ann))?.link ?? ''
    const during = await scrape(ops)
    expect(during.status).to.equal(200)
    expect(during.type).to.equal('text/plain; version=0.0.4; charset=utf-8')
    expect(during.value('rooms', { stage: 'open' })).to.equal(1)
    expect(during.value('groups', { status: 'held' })).to.equal(1)
    await ann.say(said, group)
    await ann.say('/stop')
    await until('the room is over', async () => (await roomOf(stage, ben)) === undefined)
    await stage.settled()

    const { value } = await scrape(ops)
    expect(value('registrations_total')).to.equal(2)
    expect(value('searches_total', { line: 'back' })).to.equal(1)
    expect(value('pairs_total')).to.equal(1)
    expect(value('invitations_total')).to.equal(1)
    expect(value('room_entries_total')).to.equal(2)
    expect(value('rooms_opened_total')).to.equal(1)
    expect(value('rooms_closed_total', { reason: 'left' })).to.equal(1)
    expect(value('rooms_closed_total', { reason: 'no_show' })).to.equal(0)
    expect(value('rooms_gone_total', { group: 'disposing' })).to.equal(1)
    expect(value('group_events_total', { event: 'created' })).to.be.at.least(3)
    expect(value('group_events_total', { event: 'deleted' })).to.equal(1)
    expect(value('time_to_match_seconds_count')).to.equal(2)
    expect(value('time_to_match_seconds_sum')).to.be.within(0, 5)
    expect(value('time_to_invitation_seconds_count')).to.equal(1)
    expect(value('script_seconds_count', { script: 'find' })).to.be.at.least(2)
    expect(value('mailbox_latency_seconds_count', { mailbox: 'courier' })).to.be.at.least(4)
    expect(value('mailbox_latency_seconds_count', { mailbox: 'ledger' })).to.be.at.least(4)
    expect(value('mailbox_latency_seconds_count', { mailbox: 'host' })).to.be.at.least(1)
    expect(value('bot_api_seconds_count', { method: 'sendMessage' })).to.be.at.least(4)
  })

  it('show how things stand in Redis and Postgres', async () => {
    const cleo = await stage.register('Cleopatra')
    await cleo.ask('/find', /searching/i)
    const { value } = await scrape(ops)
    expect(value('store_up', { store: 'redis' })).to.equal(1)
    expect(value('store_up', { store: 'postgres' })).to.equal(1)
    expect(value('whole')).to.equal(1)
    expect(value('broadcast_left')).to.equal(0)
    expect(value('matching_paused')).to.equal(0)
    await app.parts.waitingSet.pause('cli')
    expect((await scrape(ops)).value('matching_paused')).to.equal(1)
    await app.parts.waitingSet.resume()
    expect(value('waiting')).to.equal(1)
    expect(value('first_in_line')).to.equal(0)
    expect(value('oldest_waiter_seconds')).to.be.within(0, 10)
    expect(value('stock_target')).to.equal(3)
    expect(value('stock')).to.be.within(1, 3)
    expect(value('rooms', { stage: 'open' })).to.equal(0)
    expect(value('rooms_past_deadline', { stage: 'open' })).to.equal(0)
    expect(value('hosts', { status: 'active' })).to.equal(1)
    expect(value('host_budget_limit')).to.equal(500)
    expect(value('host_budget_used')).to.be.at.least(3)
    expect(value('dead_letters')).to.equal(0)
    for (const mailbox of ['room', 'courier', 'ledger', 'host']) {
      expect(value('mailbox_messages', { mailbox }), mailbox).to.be.at.least(0)
      expect(value('mailbox_oldest_seconds', { mailbox }), mailbox).to.be.at.least(0)
    }
    for (const lease of ['cron', 'courier', 'ledger', 'poller', 'host'])
      expect(value('leases_held', { lease }), lease).to.equal(1)
    await cleo.ask('/stop', /./)
  })

  it('carry no ids in labels, and come within 100 ms', async () => {
    const { samples } = await within(100, 'a scrape', () => scrape(ops))
    const own = samples.filter(({ name }) => name.startsWith('visavis_'))
    const values = own.flatMap(({ labels }) => Object.entries(labels).filter(([label]) => label !== 'le'))
    expect(values.filter(([, value]) => /\d/.test(value))).to.deep.equal([])
    expect(own.length).to.be.below(1_500)
  })

  it('write nothing into the log that is secret or personal', async () => {
    await app.stop()
    const { users } = await stage.people.state()
    const log = lines.join('')
    expect(lines.length).to.be.above(20)
    for (const line of lines) expect(() => void JSON.parse(line), line).not.to.throw()
    for (const event of ['registered', 'paired', 'invited', 'opened', 'closing', 'gone', 'group_created'])
      expect(log).to.include(`"event":"${event}"`)
    const secrets = [
      't.me/',
      link.split('+')[1] ?? '',
      stage.config.BOT_TOKEN,
      stage.config.BOT_TOKEN.split(':')[1] ?? '',
      stage.config.SECRET_KEY,
      new URL(stage.config.DATABASE_URL).password,
      ...['Annabella', 'Benedict', 'Cleopatra', said],
      ...users.map(({ id }) => String(id)),
    ].filter((secret) => secret !== '')
    expect(link).to.include('t.me/+')
    expect(secrets.length).to.be.above(10)
    expect(secrets.filter((secret) => log.includes(secret))).to.deep.equal([])
  })
})
