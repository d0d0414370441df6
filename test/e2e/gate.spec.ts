import { expect } from 'chai'
import type { App } from '../../src/app/app.js'
import { openStage, type Stage } from '../support/stage.js'

const NEWS = '@visavis_news'

describe('the gate', () => {
  let stage: Stage
  let app: App
  before(async () => {
    stage = await openStage({
      env: { REQUIRED_CHANNELS: `${NEWS},@visavis_rules`, GATE_CACHE_NO: '50ms', GATE_CACHE_YES: '10m' },
    })
    await stage.people.channel('visavis_news')
    await stage.people.channel('visavis_rules')
    app = await stage.startService()
  })
  afterEach(async () => {
    await stage.people.clearFaults()
    await stage.settled()
  })
  after(() => stage.close())

  const restart = async (changed: Parameters<Stage['startService']>[0]) => {
    await app.stop()
    app = await stage.startService(changed)
  }

  it('shows the channels to those who have not subscribed, and lets them search when they have', async () => {
    const ann = await stage.register('Ann')
    const gate = await ann.ask('/find', /subscribe to our channels/)
    expect((gate.buttons ?? []).flat().map(({ url, data }) => url ?? data)).to.deep.equal([
      'https://t.me/visavis_news',
      'https://t.me/visavis_rules',
      'subscribed',
    ])
    expect((await ann.tap(gate, /I have subscribed/)).text).to.match(/do not see your subscription/)
    await ann.enter('https://t.me/visavis_news')
    expect((await ann.tap(gate, /I have subscribed/)).text).to.match(/do not see your subscription/)
    await ann.enter('https://t.me/visavis_rules')
    await ann.tap(gate, /I have subscribed/)
    await ann.hears(/searching/i)
    await ann.ask('/stop', /not searching/)
  })

  it('asks again whoever unsubscribed, although a yes is remembered for long', async () => {
    const ben = await stage.register('Ben')
    const news = await ben.enter('https://t.me/visavis_news')
    await ben.enter('https://t.me/visavis_rules')
    await ben.ask('/find', /searching/i)
    await ben.ask('/stop', /not searching/)
    await ben.leave(news.chat)
    const gate = await ben.ask('/find', /subscribe to our channel:/)
    expect((gate.buttons ?? []).flat().map(({ url, data }) => url ?? data)).to.deep.equal([
      'https://t.me/visavis_news',
      'subscribed',
    ])
  })

  it('lets people pass while Telegram fails, or nobody, as the policy says', async () => {
    const [cat, dan] = [await stage.register('Cat'), await stage.register('Dan')]
    await stage.people.fault({ surface: 'bot', method: 'getChatMember', user: cat.id, error: '500', times: 2 })
    await cat.ask('/find', /searching/i)
    await cat.ask('/stop', /not searching/)
    await stage.people.clearFaults()
    await restart({ GATE_ON_ERROR: 'closed' })
    await stage.people.fault({ surface: 'bot', method: 'getChatMember', user: dan.id, error: '500', times: 2 })
    await dan.ask('/find', /cannot check your subscription/)
    await stage.people.clearFaults()
    await dan.ask('/find', /subscribe to our channels/)
  })

  it('knows which channels the bot does not administer, and holds to the policy there', async () => {
    await stage.people.call('POST', '/channels', { username: 'visavis_foreign', botAdmin: false })
    await restart({ REQUIRED_CHANNELS: ['@visavis_foreign'], GATE_ON_ERROR: 'closed' })
    const eve = await stage.register('Eve')
    await eve.ask('/find', /cannot check your subscription/)
    await restart({ REQUIRED_CHANNELS: ['@visavis_foreign'], GATE_ON_ERROR: 'open' })
    await eve.ask('/find', /searching/i)
    await eve.ask('/stop', /not searching/)
  })
})
