import { expect } from 'chai'
import type { App } from '../../src/app/app.js'
import { roomId, userId } from '../../src/ids.js'
import { cli } from '../support/cli.js'
import { ending, invite, meet, registerTwo, roomOf, untilDeleted } from '../support/meetings.js'
import { openStage, type Stage } from '../support/stage.js'
import type { TelegramPerson } from '../support/telegram-people.js'

describe('what operators do to people', () => {
  let stage: Stage
  let app: App
  before(async () => {
    stage = await openStage({ env: { REMATCH_AFTER: '0s' } })
    app = await stage.startService()
    await stage.stocked(2)
  })
  afterEach(() => stage.settled())
  after(() => stage.close())

  const two = () => registerTwo(stage)
  const ban = async ({ id }: TelegramPerson, until: number | null = null) => {
    const user = userId(id)
    await app.parts.tables.bans.ban({ user, until, reason: 'test', by: 'operator' })
    return app.parts.departure(user, { reason: 'banned' })
  }

  it('closing a room tells both, who can search on', async () => {
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    const room = await roomOf(stage, ann)
    await app.parts.rooms.close(roomId(room?.id ?? ''), { reason: 'operator' })
    const told = await ann.hears(/an administrator has closed the room/i)
    await ben.hears(/an administrator has closed the room/i)
    await untilDeleted(stage, chat)
    expect(await ending(stage, chat)).to.deep.equal({ reason: 'operator', by: null })
    await ann.tap(told, /search again/i)
    await ann.hears(/searching…/i)
    await ann.ask('/stop', /not searching/)
  })

  it('a ban ends the room, frees the partner, and keeps the person from searching until it is lifted', async () => {
    const [ann, ben] = await two()
    const chat = await meet(stage, ann, ben)
    await ban(ann)
    const told = await ann.hears(/you cannot search any more/i)
    expect((told.buttons ?? []).flat()).to.deep.equal([])
    await ben.hears(/excluded your partner/i)
    await untilDeleted(stage, chat)
    expect(await ending(stage, chat)).to.deep.equal({ reason: 'banned', by: String(ann.id) })
    await ann.ask('/find', /you cannot search: an administrator/i)
    await ann.ask('/next', /you cannot search/i)
    await ben.ask('/find', /nobody else is here/i)
    await app.parts.tables.bans.unban(userId(ann.id))
    await app.parts.waitingSet.liftBan(userId(ann.id))
    await ann.say('/find')
    await Promise.all([stage.invitation(ann), stage.invitation(ben)])
    await ben.ask('/stop', /left the room/)
    await ann.hears(/partner has left/)
  })

  it('a ban of somebody who searches ends the search; one for a while says how long', async () => {
    const [ann] = await two()
    await ann.ask('/find', /searching/i)
    await ban(ann, Date.now() + 3_600_000)
    expect(await stage.redis.scard(stage.keys.waiting)).to.equal(0)
    await ann.ask('/find', /you can search again in (1 hour|\d+ minutes)/i)
  })

  it('whose ban has come to its end searches at once, and no ban is told any more', async () => {
    const [ann] = await two()
    await ban(ann, Date.now() - 1)
    await ann.ask('/find', /searching/i)
    await ann.ask('/stop', /not searching/)
  })

  it('a ban of somebody who is invited frees the other one', async () => {
    const [ann, ben] = await two()
    await invite(stage, ann, ben)
    await ban(ben)
    await ann.hears(/excluded your partner/i)
    await ben.hears(/you cannot search any more/i)
    await ann.ask('/find', /nobody else is here/i)
    await ann.ask('/stop', /not searching/)
  })

  it('a ban outlives the data of its person: /start tells of it, and asks nothing', async () => {
    const [ann] = await two()
    await ban(ann)
    const { code, notes } = await cli(['users', 'forget', String(ann.id), '--yes'], stage.env)
    expect(code, notes).to.equal(0)
    for (const word of ['/start', '/find', 'Fox']) await ann.ask(word, /an administrator has excluded you/)
    expect(await app.parts.tables.users.profile(userId(ann.id))).to.include({ gender: null, nickname: null })
  })
})
