import { expect } from 'chai'
import { createEvents, type Events } from '../../src/events.js'
import { chatId, hostId, roomId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import { parseSamples } from '../support/scrape.js'

const room = roomId('mwrz2oqka0cq1')
const chat = chatId('-1002400000002')
const host = hostId('17')
const error = new Error('FLOOD_WAIT_30')

/** What each event is told in; those of `MEASURED` write no line. */
const TOLD: { readonly [Name in Exclude<keyof Events, 'metrics'>]: Parameters<Events[Name]> } = {
  registered: [],
  waiting: [3, true],
  searchEnded: [],
  paired: [room, [0, 2_500]],
  invited: [room, 120],
  entered: [room],
  opened: [room],
  closing: [room, 'no_show'],
  gone: [room, 'stock'],
  groupCreated: [host, chat],
  groupStocked: [chat],
  groupDeleted: [host, chat],
  groupRecycled: [host, chat],
  groupNotRecycled: [host, chat, error],
  groupUnprepared: [host, chat, error],
  orphanDeleted: [host, chat],
  hostParked: [host, 30_000, error],
  hostFull: [host, error],
  hostQuarantined: [host, error],
  messageFailed: ['host:17', '1700000000000-0', 2, error],
  messageBuried: ['host:17', '1700000000000-0', 8, error],
  messagesTakenOver: ['room', 'one', 4],
  messageDone: ['host:17', Date.now() - 40],
  broadcastSettled: ['doubt', 2],
  botApiCalled: ['sendMessage', 30, 'telegram_forbidden'],
  rateLimited: [1_000],
  scriptRan: ['find', 1.5],
  leaseLost: ['host:17'],
  rebuildBegun: ['missing'],
  rebuildFinished: [{ waiting: 3 }],
  difference: [
    { kind: 'waits', about: 'person', subject: '777000111', words: 'waits for ever', repaired: true, dryRun: false },
  ],
  moreDifferences: ['more', 5, 4, false],
  reconciled: [1, 1],
  forgotten: ['rooms', 12],
  jobFailed: ['match', error, false],
  factIllegible: ['1700000000000-0', error],
}
const MEASURED = ['messageDone', 'broadcastSettled', 'scriptRan']

describe('events', () => {
  const openEvents = () => {
    const lines: string[] = []
    const logger = createLogger({ level: 'trace', pretty: false, to: { write: (line) => void lines.push(line) } })
    return { events: createEvents(logger), lines }
  }
  const tell = (events: Events, name: keyof typeof TOLD) =>
    (events[name] as (...args: unknown[]) => void)(...TOLD[name])

  for (const name of Object.keys(TOLD) as (keyof typeof TOLD)[])
    it(`${name} writes ${MEASURED.includes(name) ? 'no line' : 'one line that says which event it is'}`, () => {
      const { events, lines } = openEvents()
      tell(events, name)
      expect(lines).to.have.lengthOf(MEASURED.includes(name) ? 0 : 1)
      for (const line of lines) expect((JSON.parse(line) as { event?: string }).event).to.match(/^[a-z_]+$/)
      expect(lines.join('')).not.to.include('777000111')
    })

  it('count with labels that never carry an id', async () => {
    const { events } = openEvents()
    for (const name of Object.keys(TOLD) as (keyof typeof TOLD)[]) tell(events, name)
    const samples = parseSamples(await events.metrics.registry.metrics())
    const labels = samples.flatMap((sample) => Object.entries(sample.labels)).filter(([label]) => label !== 'le')
    expect(labels.filter(([, value]) => !/^[A-Za-z_]+$/.test(value))).to.deep.equal([])
    const value = (name: string, label = '') =>
      samples.find((s) => s.name === `visavis_${name}` && (label === '' || Object.values(s.labels).includes(label)))
        ?.value
    expect(value('searches_total', 'first')).to.equal(3)
    expect(value('time_to_match_seconds_sum')).to.equal(2.5)
    expect(value('rooms_closed_total', 'no_show')).to.equal(1)
    expect(value('messages_buried_total', 'host')).to.equal(1)
    expect(value('broadcast_messages_total', 'doubt')).to.equal(2)
    expect(value('bot_api_failures_total', 'telegram_forbidden')).to.equal(1)
    expect(value('differences_total', 'waits')).to.equal(1)
    expect(value('last_reconcile_timestamp_seconds')).to.be.closeTo(Date.now() / 1_000, 5)
  })

  it('begin at zero where an alarm watches for the first one, and say nothing of what has not happened', async () => {
    const text = await openEvents().events.metrics.registry.metrics()
    expect(text).to.include('visavis_rooms_closed_total{reason="lost"} 0')
    expect(text).to.include('visavis_messages_buried_total{mailbox="courier"} 0')
    expect(text).to.include('visavis_group_events_total{event="orphan"} 0')
    expect(text).not.to.match(/^visavis_last_reconcile_timestamp_seconds \d/m)
  })

  it('do not count what a dry run finds', async () => {
    const { events } = openEvents()
    events.difference({ kind: 'x', about: 'room', subject: room, words: '', repaired: false, dryRun: true })
    expect(await events.metrics.registry.metrics()).not.to.include('kind="x"')
  })
})
