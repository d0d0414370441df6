import { expect } from 'chai'
import { freePort } from '../../scripts/servers/ports.js'
import { meet, roomOf, untilDeleted } from '../support/meetings.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'
import { openWebhookRelay, type WebhookRelay } from '../support/webhook-relay.js'

const SECRET = 'the-secret-of-this-webhook'

describe('two replicas behind one webhook', () => {
  let relay: WebhookRelay
  let stage: Stage
  let replicas: string[]
  before(async () => {
    relay = await openWebhookRelay()
    stage = await openStage({ env: { BOT_WEBHOOK_URL: relay.url, BOT_WEBHOOK_SECRET: SECRET, REMATCH_AFTER: '0s' } })
    const ports = [await freePort(), await freePort()]
    replicas = ports.map((port) => `http://127.0.0.1:${port}/updates`)
    relay.forwardTo(replicas)
    for (const port of ports) await stage.startService({ BOT_WEBHOOK_PORT: port })
    await stage.stocked(2)
  })
  afterEach(() => stage.settled())
  after(async () => {
    await stage.close()
    await relay.close()
  })

  it('people register, meet and part, whichever replica their updates reach', async () => {
    const [ann, ben] = [await stage.register('Ann'), await stage.register('Ben')]
    const chat = await meet(stage, ann, ben)
    await ann.ask('/stop', /left the room/)
    await ben.hears(/partner has left/)
    await untilDeleted(stage, chat)
  })

  it('commands of one person take effect in the order in which they were given', async () => {
    const ann = await stage.register('Ann')
    relay.hold()
    await ann.say('/find')
    await ann.say('/stop')
    await until('both are on their way', () => relay.heldBack() === 2)
    expect(await relay.releaseBackwards()).to.deep.equal([200, 200])
    await ann.hears(/nothing to stop/i)
    // An update that came after both has been answered: nothing is under way any more.
    await ann.ask('/help', /two strangers/)
    expect(await stage.redis.scard(stage.keys.waiting)).to.equal(0)
  })

  it('an update that both replicas get is one search', async () => {
    const [ann, ben] = [await stage.register('Ann'), await stage.register('Ben')]
    relay.hold()
    await ann.say('/find')
    await until('it is on its way', () => relay.heldBack() === 1)
    expect(await relay.releaseEverywhere()).to.deep.equal([200, 200])
    await ann.hears(/searching/i)
    expect(await stage.redis.scard(stage.keys.waiting)).to.equal(1)
    expect(await roomOf(stage, ann)).to.equal(undefined)
    await ben.say('/find')
    await Promise.all([ann, ben].map((person) => stage.invitation(person)))
    await ann.ask('/stop', /left the room/)
    await ben.hears(/partner has left/)
  })

  it('refuses whoever does not know the secret, and other addresses', async () => {
    const ann = await stage.register('Ann')
    const update = {
      update_id: 2_000_000_000,
      message: {
        message_id: 1,
        date: 1,
        chat: { id: ann.id, type: 'private', first_name: 'Ann' },
        from: { id: ann.id, is_bot: false, first_name: 'Ann' },
        text: '/find',
        entities: [{ type: 'bot_command', offset: 0, length: 5 }],
      },
    }
    const [replica = ''] = replicas
    const post = async (url: string, secret?: string) =>
      (
        await fetch(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(secret !== undefined && { 'x-telegram-bot-api-secret-token': secret }),
          },
          body: JSON.stringify(update),
        })
      ).status
    expect(await post(replica)).to.equal(403)
    expect(await post(replica, 'another-secret-of-that-length')).to.equal(403)
    expect(await post(new URL('/elsewhere', replica).href, SECRET)).to.be.oneOf([403, 404])
    await ann.ask('/help', /two strangers/)
    expect(await stage.redis.scard(stage.keys.waiting)).to.equal(0)
  })
})
