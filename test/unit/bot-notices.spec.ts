import { expect } from 'chai'
import { isAction } from '../../src/bot/buttons.js'
import { GROUP_NOTICES, NOTICES } from '../../src/bot/notices/index.js'
import { VisavisError } from '../../src/errors.js'
import { ANNA, ROOM } from '../support/bot-stage.js'
import { BORIS, createNoticeStage, room, WAITING } from '../support/notice-stage.js'

describe('notices', () => {
  it('say what is stored, for how long, and whom to ask', async () => {
    const privacy = (await createNoticeStage().text('privacy')) ?? ''
    expect(privacy).to.contain('For 90 days: whom you met').and.to.contain('For 365 days: what administrators')
    expect(privacy).to.contain('last three partners').and.to.contain('If you are excluded')
    expect(privacy).to.contain('could read along').and.to.contain('ask where you found this bot')
    for (const to of [ANNA, BORIS]) {
      const words = await createNoticeStage({ contact: '@ann_helps' }).text('privacy', {}, to)
      expect(words).to.contain('@ann_helps').and.to.contain(to)
      expect(words?.length).to.be.below(4_096)
    }
  })

  it('carry only short known words in their buttons', async () => {
    const { state, compose } = createNoticeStage()
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
    const { users, composer } = createNoticeStage()
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
    const { composer } = createNoticeStage()
    for (const name of ['nonsense', 'constructor', '__proto__']) {
      let code = ''
      await composer.compose(ANNA, name, '{}').catch((error: { code: string }) => (code = error.code))
      expect(code).to.equal('notice_unknown')
    }
  })
})
