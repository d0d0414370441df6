import { expect } from 'chai'
import { createComposer } from '../../src/bot/composer.js'
import type { Health } from '../../src/bot/notices/notice.js'
import { isAction } from '../../src/bot/buttons.js'
import { GROUP_NOTICES, NOTICES } from '../../src/bot/notices/index.js'
import type { ClosedArgs } from '../../src/bot/notices/closed.js'
import { VisavisError } from '../../src/errors.js'
import { chatId, hostId, userId } from '../../src/ids.js'
import { CLOSE_REASONS } from '../../src/mailboxes.js'
import type { Profile } from '../../src/postgres/users.js'
import type { Room } from '../../src/redis/rooms.js'
import type { Whereabouts } from '../../src/redis/waiting-set.js'
import { ADMIN, ANNA, memoryUsers, ROOM } from '../support/bot-stage.js'

const BORIS = userId(102)
const GROUP = chatId(-1001)
const LINK = 'https://t.me/+secret'

const setUp = ({ contact }: { contact?: string } = {}) => {
  const users = memoryUsers()
  users.register(ANNA, { nickname: 'Anna' })
  users.register(BORIS, { nickname: 'Борис', language: 'ru' })
  users.register(ADMIN)
  const state = {
    where: { state: 'idle', cooldownUntil: 0 } as Whereabouts,
    room: undefined as Room | undefined,
    count: 3,
    paused: false,
    stock: 5,
    health: {
      instances: [{ roles: ['bot', 'worker'], startedAt: 1_000, leases: ['poller', 'courier'] }],
      unheld: [],
      redisMs: 1,
      postgresMs: 2,
      telegramMs: 30,
      mailboxes: [{ mailbox: 'courier', length: 1, oldestMs: 20 }],
      late: 0,
      reconciled: undefined,
    } as Health,
    dead: { count: 0, oldestAt: null } as { count: number; oldestAt: number | null },
  }
  const composer = createComposer({
    users: {
      profile: (user) => users.profile(user),
      find: () => users.find(),
      names: async (ids) => new Map(ids.map((id) => [id, users.rows.get(id) as Profile])),
      markInformed: async (id) => void users.register(id, { ...users.rows.get(id), informedAt: 5_000 }),
      countByGender: async () => ({ female: 1, male: 2, other: 3, unknown: 4 }),
    },
    rooms: { get: async () => state.room, countByStage: async () => ({ inviting: 1, open: 2, closing: 3 }) },
    waitingSet: {
      whereabouts: async () => state.where,
      count: async () => state.count,
      countFirst: async () => 1,
      oldestSince: async () => 1_000,
      now: async () => 61_000,
      list: async () => [],
      paused: async () => state.paused,
    },
    groups: { size: async () => state.stock },
    panel: {
      store: { issue: async (_admin, actions) => actions.map((_, index) => `word${index}`) },
      rooms: { list: async () => [] },
      deadLetters: async () => state.dead,
      health: async () => state.health,
      groupCounts: async () => [
        { host: hostId(1), status: 'stock', count: 4 },
        { host: hostId(1), status: 'held', count: 2 },
        { host: hostId(2), status: 'stock', count: 9 },
      ],
      broadcasts: {
        get: async () => null,
        newest: async () => [],
        audience: async () => 0,
        counts: async () => ({ planned: 0, sending: 0, sent: 0, doubt: 0, blocked: 0, refused: 0, skipped: 0 }),
      },
    },
    hosts: {
      list: async () => [
        {
          host: hostId(1),
          phoneLabel: '+1…00',
          user: userId(9),
          status: 'parked',
          parkedUntil: 121_000,
          floodUntil: null,
          loginAt: 0,
          usedToday: 7,
          lastError: 'FLOOD',
          addedAt: 0,
        },
      ],
    },
    settings: {
      adminIds: [ADMIN],
      idleMs: 1_800_000,
      maxAgeMs: 86_400_000,
      kept: { roomsMs: 7_776_000_000, auditMs: 31_536_000_000, deadLettersMs: 2_592_000_000 },
      contact,
      groupBudget: 40,
    },
  })
  const compose = (notice: keyof typeof NOTICES, args: object = {}, to = ANNA) =>
    composer.compose(to, notice, JSON.stringify(args))
  const text = async (notice: keyof typeof NOTICES, args: object = {}, to = ANNA) =>
    (await compose(notice, args, to))?.text
  return { users, state, composer, compose, text }
}

const room = (changes: Partial<Room> = {}): Room => ({
  id: ROOM,
  stage: 'inviting',
  version: 2,
  a: ANNA,
  b: BORIS,
  chat: GROUP,
  host: hostId(1),
  at: 1_000,
  since: 1_000,
  deadline: 181_000,
  link: LINK,
  ...changes,
})
const WAITING: Whereabouts = { state: 'waiting', since: 1_000, firstInLine: false }

describe('notices', () => {
  it('about a search are only given while the person waits (I8)', async () => {
    const { state, text } = setUp()
    for (const notice of ['searching', 'still_there', 'search_goes_on'] as const) {
      state.where = { state: 'idle', cooldownUntil: 0 }
      expect(await text(notice, { confirmMs: 1_000 }), notice).to.equal(undefined)
      state.where = WAITING
      expect(await text(notice, { confirmMs: 1_000 }), notice).to.be.a('string')
    }
    for (const notice of ['stopped', 'search_ended', 'nothing_to_stop'] as const)
      expect(await text(notice), notice).to.equal(undefined)
  })

  it('say whose doing it was that a search ended, or that somebody may search again, while it is so', async () => {
    const { users, state, text } = setUp()
    expect(await text('search_removed')).to.match(/administrator has ended your search/)
    expect(await text('unbanned')).to.match(/administrator has let you in again/)
    expect(await text('unbanned', {}, BORIS)).to.match(/Администратор снял исключение/)
    users.register(ANNA, { nickname: 'Anna', reachable: false })
    expect(await text('unbanned')).to.equal(undefined)
    users.register(ANNA, { nickname: 'Anna', bannedUntil: Infinity })
    expect(await text('unbanned')).to.equal(undefined)
    state.where = WAITING
    expect(await text('search_removed')).to.equal(undefined)
  })

  it('of alerts that are over say how it is now', async () => {
    const { text } = setUp()
    const over = (alert: object) => text('alert_resolved', { count: 1, at: 0, lastedMs: 60_000, ...alert }, ADMIN)
    expect(await over({ kind: 'stock', cause: 'stock' })).to.match(
      /^✅ Over after 1 minute: .*\n\nNow: 5 in stock, 3 waiting\.$/s,
    )
    const host = { kind: 'quarantined', host: '1 (+1…00)' }
    expect(await over({ ...host, cause: 'quarantined:1' })).to.match(
      /\n\nNow: Host 1 \(\+1…00\): parked for 1 minute, 7 of 40/,
    )
    expect(await over({ ...host, cause: 'quarantined:2' })).to.match(/\n\nNow: the host was removed\.$/)
    expect(await over({ kind: 'overdue', cause: 'overdue' })).not.to.include('Now')
  })

  it('show an administrator how the service is, as status does', async () => {
    const { state, text } = setUp()
    expect(await text('admin', {}, ADMIN)).to.include(
      [
        '⚙️ bot, worker, for 1 minute; holds poller, courier',
        'Redis answers in 1 ms, Postgres in 2 ms, Telegram in 30 ms',
        'Mailboxes: read at once',
        'Rooms past their deadline: 0',
        'Reconciled: never',
      ].join('\n'),
    )
    state.health = {
      ...state.health,
      unheld: ['ledger', 'host:1'],
      telegramMs: undefined,
      mailboxes: [{ mailbox: 'ledger', length: 7, oldestMs: 120_000 }],
      late: 3,
      reconciled: { at: 1_000, differences: 2, repaired: 1 },
    }
    expect(await text('admin', {}, ADMIN)).to.include(
      [
        '⚠️ Nobody holds ledger, host:1',
        'Redis answers in 1 ms, Postgres in 2 ms, Telegram not at all',
        'Mailboxes: ledger 7 (oldest: 2 minutes)',
        'Rooms past their deadline: 3',
        'Reconciled: 1 minute ago, 2 differences, 1 repaired',
      ].join('\n'),
    )
    expect(await text('admin', { show: 'hosts' }, ADMIN)).to.match(
      /Host 1 .* 7 of 40 groups today.*\n– groups: 4 in stock, 2 with rooms, 0 being made, 0 to go$/,
    )
  })

  it('say how many others wait, and when only a group is missing', async () => {
    const { state, text } = setUp()
    state.where = WAITING
    expect(await text('searching', { noGroup: true }))
      .to.contain('2 other people')
      .and.to.contain('rooms are taken')
      .and.not.to.contain('you two')
    state.count = 2
    expect(await text('searching', { noGroup: true }))
      .to.contain('1 other person')
      .and.to.contain('you two are next')
    state.paused = true
    for (const notice of ['searching', 'still_there'] as const)
      expect(await text(notice, { noGroup: true, confirmMs: 1_000 }), notice)
        .to.contain('You keep your place')
        .and.not.to.contain('rooms are taken')
    state.paused = false
    state.count = 1
    expect(await text('searching', { noGroup: true }))
      .to.contain('Nobody else')
      .and.not.to.contain('rooms are taken')
  })

  it('invite with a button and the deadline in words, and warn once that the profile will be seen', async () => {
    const { users, state, compose } = setUp()
    state.room = room()
    const first = await compose('invitation', { room: ROOM })
    expect(first?.text).to.contain('2 minutes').and.to.contain('sees your Telegram profile')
    expect(first?.keyboard?.[0]).to.deep.equal([{ text: '🚪 Enter the room', url: LINK }])
    expect((await compose('invitation', { room: ROOM }))?.text, 'again for the same room').to.contain('sees your')
    expect(users.rows.get(ANNA)?.informedAt).to.equal(5_000)
    state.room = room({ at: 9_000 })
    expect((await compose('invitation', { room: ROOM }))?.text, 'not for a later one').not.to.contain('sees your')
  })

  it('about a room are skipped when it is not so any more', async () => {
    const { state, text } = setUp()
    for (const gone of [undefined, room({ stage: 'closing' }), room({ a: userId(7), b: userId(8) })]) {
      state.room = gone
      for (const notice of ['invitation', 'entered', 'partner_entered', 'in_room', 'found'] as const)
        expect(await text(notice, { room: ROOM }), notice).to.equal(undefined)
    }
    state.room = room({ enteredA: 1 })
    expect(await text('invitation', { room: ROOM })).to.equal(undefined)
    expect(await text('entered', { room: ROOM })).to.contain('on the way')
    expect(await text('partner_entered', { room: ROOM }, BORIS)).to.contain('Собеседник уже в комнате')
    expect(await text('partner_entered', { room: ROOM })).to.equal(undefined)
    state.room = room({ stage: 'open', enteredA: 1, enteredB: 1 })
    expect(await text('entered', { room: ROOM })).to.equal(undefined)
    expect(await text('in_room', { room: ROOM })).to.contain('open the group')
  })

  it('give a reason of its own for every way a room ends, to each of the two', async () => {
    const { compose } = setUp()
    const said = new Set<string>()
    for (const reason of CLOSE_REASONS)
      for (const mine of [true, false]) {
        const args: ClosedArgs = {
          room: ROOM,
          reason,
          byYou: mine,
          came: false,
          missing: mine,
          searching: false,
          firstInLine: !mine && reason === 'no_show',
          cooldownMs: 0,
        }
        const notice = await compose('closed', args)
        const excluded = reason === 'banned' && mine
        expect(
          notice?.keyboard?.flat().map((each) => 'data' in each && each.data),
          reason,
        ).to.deep.equal(excluded ? undefined : ['find'])
        said.add(notice?.text ?? '')
      }
    // left, no_show and banned differ by side.
    expect(said.size).to.equal(CLOSE_REASONS.length + 3)
  })

  it('say what comes next after a room, as it is now', async () => {
    const { state, compose } = setUp()
    const args = {
      room: ROOM,
      reason: 'left',
      byYou: true,
      came: true,
      missing: false,
      searching: true,
      firstInLine: false,
      cooldownMs: 0,
    }
    state.where = WAITING
    expect((await compose('closed', args))?.text)
      .to.contain('Searching for the next one')
      .and.to.contain('disappears')
    state.where = { state: 'paired', room: ROOM }
    const paired = await compose('closed', args)
    expect(paired?.text).not.to.contain('Searching')
    expect(paired?.keyboard).to.equal(undefined)
    state.where = { state: 'idle', cooldownUntil: 0 }
    const missed = await compose('closed', { ...args, reason: 'no_show', missing: true, cooldownMs: 120_000 })
    expect(missed?.text).to.contain('again in 2 minutes')
    const came = await compose('closed', { ...args, reason: 'no_show', firstInLine: true })
    expect(came?.text).to.contain('did not come in time').and.to.contain('first in line')
  })

  it('welcome both by nickname in the language of each, and lead from the name to the person', async () => {
    const { state, composer } = setUp()
    expect(await composer.composeForGroup(GROUP, ROOM, 'welcome', '{}')).to.equal(undefined)
    state.room = room({ stage: 'open' })
    const welcome = await composer.composeForGroup(GROUP, ROOM, 'welcome', '{}')
    expect(welcome?.text).to.contain('Welcome, Anna and Борис').and.to.contain('пожаловать, Anna и Борис')
    const named = welcome?.entities?.map(({ offset, length }) => welcome.text.slice(offset, offset + length))
    expect(named).to.deep.equal(['Anna', 'Борис', 'Anna', 'Борис'])
  })

  it('do not hide that the service itself sits in the group', async () => {
    const { state, composer, text } = setUp()
    state.room = room({ stage: 'open' })
    const welcome = await composer.composeForGroup(GROUP, ROOM, 'welcome', '{}')
    expect(welcome?.text).to.contain('the account that owns the group').and.to.contain('could read along')
    expect(welcome?.text).to.contain('аккаунт, который владеет группой').and.to.contain('мог бы читать')
    state.room = room()
    state.where = { state: 'paired', room: ROOM }
    expect(await text('invitation', { room: ROOM })).to.contain('could read along')
  })

  it('say what is stored, for how long, and whom to ask', async () => {
    const privacy = (await setUp().text('privacy')) ?? ''
    expect(privacy).to.contain('For 90 days: whom you met').and.to.contain('For 365 days: what administrators')
    expect(privacy).to.contain('last three partners').and.to.contain('If you are excluded')
    expect(privacy).to.contain('could read along').and.to.contain('ask where you found this bot')
    for (const to of [ANNA, BORIS]) {
      const words = await setUp({ contact: '@ann_helps' }).text('privacy', {}, to)
      expect(words).to.contain('@ann_helps').and.to.contain(to)
      expect(words?.length).to.be.below(4_096)
    }
  })

  it('say so when only those wait who have just met', async () => {
    const { state, text } = setUp()
    state.where = WAITING
    const searching = () => text('searching', { unsuited: true })
    expect(await searching()).to.contain('you have just met')
    state.stock = 0
    expect(await searching()).not.to.contain('you have just met')
    Object.assign(state, { stock: 5, count: 1 })
    expect(await searching()).not.to.contain('you have just met')
  })

  it('show the panel to administrators only', async () => {
    const { text, state } = setUp()
    expect(await text('admin')).to.equal(undefined)
    state.dead = { count: 4, oldestAt: 1_000 }
    expect(await text('admin', {}, ADMIN)).to.contain('Dead letters: 4, the oldest for 1 minute')
    state.dead = { count: 0, oldestAt: null }
    const panel = await text('admin', {}, ADMIN)
    expect(panel).to.contain('1 inviting, 2 open, 3 closing').and.to.contain('longest: 1 minute')
    expect(panel).to.contain('Dead letters: none')
    expect(panel).to.contain('Host 1 (+1…00): parked for 1 minute, 7 of 40 groups today – FLOOD')
  })

  it('carry only short known words in their buttons', async () => {
    const { state, compose } = setUp()
    state.where = WAITING
    state.room = room()
    for (const notice of Object.keys(NOTICES) as (keyof typeof NOTICES)[]) {
      const args = {
        room: ROOM,
        confirmMs: 1,
        reason: notice === 'closed' ? 'left' : 'link',
        channels: [],
        until: 99_000,
      }
      const message = await compose(notice, args)
      for (const button of message?.keyboard?.flat() ?? [])
        if ('data' in button) expect(isAction(button.data), `${notice} ${button.data}`).to.equal(true)
    }
    expect(Object.keys(GROUP_NOTICES)).to.deep.equal(['welcome'])
  })

  it('that something is wrong is said also when it is Postgres that is away', async () => {
    const { users, composer } = setUp()
    users.profile = () => Promise.reject(new VisavisError('postgres_unreachable', 'Postgres is away'))
    expect((await composer.compose(ANNA, 'trouble', '{}'))?.text).to.contain('Something went wrong')
    let failure: unknown
    await composer.compose(ANNA, 'stopped', '{}').catch((error: unknown) => (failure = error))
    expect(String(failure), 'what can wait, waits').to.contain('Postgres is away')
    users.profile = () => Promise.reject(new Error('a mistake of ours'))
    await composer.compose(ANNA, 'trouble', '{}').catch((error: unknown) => (failure = error))
    expect(String(failure), 'is no outage').to.contain('a mistake of ours')
  })

  it('that nobody knows are an error, also those named like parts of an object', async () => {
    const { composer } = setUp()
    for (const name of ['nonsense', 'constructor', '__proto__']) {
      let code = ''
      await composer.compose(ANNA, name, '{}').catch((error: { code: string }) => (code = error.code))
      expect(code).to.equal('notice_unknown')
    }
  })
})
