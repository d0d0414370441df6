import { expect } from 'chai'
import { invite, roomOf } from '../support/meetings.js'
import type { Stage } from '../support/stage.js'
import { until } from '../support/until.js'
import { useStage } from '../support/use-stage.js'

const DAY_MS = 24 * 3_600_000

describe("when Telegram's clock is another one", () => {
  let stage: Stage
  useStage({ env: { ROOM_ENTRY_TIMEOUT: '2m', GROUP_STOCK: '2' } }, 2, (opened) => (stage = opened))
  afterEach(() => stage.people.setClock(0))

  const liveLinks = () =>
    [...stage.world.chats.byId.values()].flatMap((chat) =>
      [...chat.invites.values()].filter((link) => link.requestNeeded && !link.revoked),
    )

  const meetAndPart = async (names: readonly [string, string], seen: () => void = () => undefined) => {
    const [ann, ben] = await Promise.all([stage.register(names[0]), stage.register(names[1])])
    const links = await invite(stage, ann, ben)
    seen()
    await Promise.all([ann.enter(links[0]), ben.enter(links[1])])
    await until('both are inside', async () => (await roomOf(stage, ann))?.stage === 'open')
    await ann.say('/stop')
    await until('the room is gone', async () => (await stage.redis.hlen(stage.keys.rooms)) === 0)
  }

  it('two people find each other and come in, by a link that ends soon after the time to enter', async () => {
    await stage.people.setClock(DAY_MS)
    await meetAndPart(['Ann', 'Ben'], () => {
      const lives = liveLinks().map(({ expiresAt }) => (expiresAt ?? Infinity) - stage.world.now())
      expect(lives).to.have.length(1)
      expect(lives[0]).to.be.within(120, 181)
    })
    // No other group was lost on the way.
    await until(
      'the group is deleted',
      () => [...stage.world.chats.byId.values()].filter((c) => c.deleted).length === 1,
    )
  })

  it('and again when it is set back', async () => {
    await stage.people.setClock(DAY_MS)
    await stage.people.setClock(0)
    await meetAndPart(['Cid', 'Dot'], () => {
      expect((liveLinks()[0]?.expiresAt ?? Infinity) - Date.now() / 1000).to.be.within(119, 181)
    })
  })

  it('a refused date costs no room: the link then ends when it is revoked', async () => {
    await stage.people.fault({ surface: 'bot', method: 'createChatInviteLink', error: 'EXPIRE_DATE_INVALID' })
    await meetAndPart(['Eve', 'Fay'], () => {
      expect(liveLinks().map(({ expiresAt }) => expiresAt)).to.deep.equal([undefined])
    })
    expect(liveLinks()).to.deep.equal([])
  })
})
