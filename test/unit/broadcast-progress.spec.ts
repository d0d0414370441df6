import { expect } from 'chai'
import { createBroadcastProgress, rememberWords } from '../../src/app/broadcast-progress.js'
import type { PanelAction } from '../../src/bot/admin/actions.js'
import { userId } from '../../src/ids.js'
import type { Broadcast, BroadcastCounts, BroadcastId } from '../../src/postgres/broadcasts.js'
import { TelegramError } from '../../src/telegram/errors.js'

const BOSS = userId(900)
const ID = '1' as BroadcastId
const running = { broadcast: ID, status: 'running', progressAdmin: BOSS, progressMessage: 7 } as Broadcast

describe('the progress of a broadcast', () => {
  const setUp = () => {
    const world = { sent: 0, away: false, edits: [] as string[], issued: 0 }
    const store = rememberWords({
      issue: async (_admin, actions) => actions.map(() => `word ${++world.issued}`),
      recall: async () => undefined,
      use: async () => true,
      giveBack: async () => undefined,
      ask: async () => undefined,
      asked: async () => undefined,
    })
    const progress = createBroadcastProgress({
      broadcasts: { counts: async () => ({ sent: world.sent }) as BroadcastCounts },
      composer: {
        compose: async (admin, _notice, args) => {
          const words = await store.issue(admin, [JSON.parse(args) as PanelAction])
          return { text: `${world.sent} ${words.join()}` }
        },
      },
      bot: {
        editMessage: async (_chat, _message, { text }) => {
          if (world.away) throw new TelegramError('telegram_unavailable', 'editMessageText', 'no answer in time')
          world.edits.push(text)
          return 'edited'
        },
      },
    })
    return { world, progress, store }
  }

  it('is shown when it has moved, with the same buttons', async () => {
    const { world, progress } = setUp()
    await progress(running)
    await progress(running)
    world.sent = 5
    await progress(running)
    await progress(running)
    await progress({ ...running, status: 'paused' })
    expect(world.edits).to.deep.equal(['0 word 1', '5 word 1', '5 word 1'])
  })

  it('is shown again when Telegram did not take it', async () => {
    const { world, progress } = setUp()
    world.away = true
    await progress(running).catch(() => undefined)
    world.away = false
    await progress(running)
    expect(world.edits).to.have.length(1)
  })

  it('gives other buttons, and other administrators, words of their own', async () => {
    const { store } = setUp()
    const pause: PanelAction = { do: 'pause_broadcast', id: ID, live: true }
    const resume: PanelAction = { do: 'resume_broadcast', id: ID, live: true }
    expect(await store.issue(BOSS, [pause])).to.deep.equal(await store.issue(BOSS, [pause]))
    expect(await store.issue(BOSS, [resume])).not.to.deep.equal(await store.issue(BOSS, [pause]))
    expect(await store.issue(userId(901), [pause])).not.to.deep.equal(await store.issue(BOSS, [pause]))
  })
})
