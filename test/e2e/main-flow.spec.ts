import { expect } from 'chai'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

describe('from /start to a closed room', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage()
    await stage.startService()
    await stage.stocked(2)
  })
  after(() => stage.close())

  it('lets two people register, meet, talk and part', async () => {
    const [ann, ben] = [await stage.register('Ann'), await stage.register('Ben')]
    await ann.say('/find')
    await ann.hears(/searching/i)
    await ben.say('/find')
    const links = await Promise.all([stage.invitation(ann), stage.invitation(ben)])
    await ann.enter(links[0])
    await ann.hears(/partner/i)
    expect((await ann.groups())[0]?.title).to.match(/^Visavis \w{4}-\w{8}$/)
    await ben.enter(links[1])
    const group = await until('both are inside', async () => {
      const state = await stage.people.state()
      return state.chats.find(({ members }) => [ann.id, ben.id].every((id) => members.some((m) => m.id === id)))
    })
    await until(
      'the group is named',
      async () => (await ann.groups())[0]?.title === 'Ann & Ben' || (await ann.groups())[0]?.title === 'Ben & Ann',
    )
    await until('the welcome line stands', async () =>
      (await ann.messages(group.id)).some(({ from }) => from === ann.bot),
    )
    await ann.say('hello', group.id)
    await until('Ben reads it', async () => (await ben.messages(group.id)).some(({ text }) => text === 'hello'))
    await ann.say('/stop')
    await Promise.all([ann.hears(/./), ben.hears(/./)])
    await until(
      'the group is gone',
      async () => (await stage.people.state()).chats.find(({ id }) => id === group.id)?.deleted,
    )
    expect(await ann.groups()).to.deep.equal([])
    expect((await stage.people.state()).unknown).to.deep.equal({ bot: {}, mtproto: {} })
  })
})
