import { expect } from 'chai'
import { setTimeout as pause } from 'node:timers/promises'
import type { FaultRule } from '../../src/sandbox/faults.js'
import {
  chaosSeed,
  createCrowd,
  everybodyIsFree,
  nothingIsBroken,
  recovered,
  seeded,
  type Crowd,
} from '../support/crowd.js'
import { openStage, type Stage } from '../support/stage.js'
import { until } from '../support/until.js'

type Blow = Omit<FaultRule, 'surface' | 'method'>

const BOT_METHODS = [
  'getUpdates',
  'sendMessage',
  'createChatInviteLink',
  'revokeChatInviteLink',
  'approveChatJoinRequest',
  'declineChatJoinRequest',
  'getChatMember',
  'setChatTitle',
  'setChatMemberTag',
  'answerCallbackQuery',
  'banChatMember',
  'unbanChatMember',
]
const HOST_METHODS = [
  'channels.createChannel',
  'channels.togglePreHistoryHidden',
  'messages.editChatDefaultBannedRights',
  'channels.editAdmin',
  'contacts.resolveUsername',
  'messages.getDialogs',
  'channels.getParticipants',
  'channels.deleteChannel',
  'users.getUsers',
]
/** Each passes by itself: what was begun must come to its end all the same. */
const BOT_PASSING: Blow[] = [
  { wire: 'drop-before' },
  { wire: 'drop-after' },
  { wire: 'duplicate' },
  { error: '500' },
  { error: '502', afterEffect: true },
  { error: '429:1' },
]
const HOST_PASSING: Blow[] = [
  { wire: 'drop-before' },
  { wire: 'drop-after' },
  { wire: 'duplicate' },
  { wire: 'no-answer' },
  { error: 'FLOOD_WAIT_1' },
  { error: 'INTERNAL' },
  { error: 'INTERNAL', afterEffect: true },
]
/** Nothing mends these by itself. */
const BOT_REFUSALS: Blow[] = [
  { error: '400:Bad Request: chat not found' },
  { error: '400:Bad Request: not enough rights' },
  { error: '400:Bad Request: something new' },
  { error: '403:Forbidden: bot was kicked from the supergroup chat' },
]
const HOST_REFUSALS: Blow[] = [
  { error: 'CHANNEL_PRIVATE' },
  { error: 'CHAT_ADMIN_REQUIRED' },
  { error: 'SOMETHING_NEW' },
]

describe('a Telegram that fails', function () {
  this.timeout(300_000)
  let stage: Stage
  let crowd: Crowd
  const random = seeded(chaosSeed())
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  // A host that was told to wait, or must look for what it made, needs a while.
  const aftermath = { hostMs: 15_000 }

  beforeEach(async () => {
    stage = await openStage({
      env: { HOST_LEASE: '3s', HOST_TIMEOUT: '1s', GROUP_STOCK: '6', ROOM_ENTRY_TIMEOUT: '5s' },
    })
    await stage.startService()
    await stage.stocked(6)
    crowd = await createCrowd(stage, 12, random)
  })
  afterEach(() => stage.close())

  /** All pairs meet, each in a room, and part. */
  const lives = async (withinMs: number) => {
    for (const person of crowd.people) await person.forget()
    await Promise.all(crowd.people.map((person) => person.say('/find')))
    const entered = new Set<number>()
    await until(
      'everybody is in an open room',
      async () => {
        await nothingIsBroken(stage)
        for (const person of crowd.people) {
          const links = (await person.messages()).flatMap(({ buttons }) => (buttons ?? []).flat())
          const link = links.findLast(({ url }) => url?.includes('t.me/+'))?.url
          if (link !== undefined && !entered.has(person.id) && (await crowd.whereOf(person)) === 'room') {
            entered.add(person.id)
            await person.enter(link).catch(() => entered.delete(person.id))
          }
        }
        return (await stage.redis.zcard(stage.keys.open)) === crowd.people.length / 2
      },
      { withinMs, everyMs: 100 },
    )
    await Promise.all(crowd.people.map((person) => person.say('/stop')))
  }

  it('for a moment in every method of the Bot API: everybody meets and parts all the same', async () => {
    for (const method of BOT_METHODS) {
      stage.sandbox.faults.hits.length = 0
      for (const blow of BOT_PASSING) stage.sandbox.faults.add({ surface: 'bot', method, ...blow })
      try {
        await lives(25_000)
        stage.sandbox.faults.clear()
        await recovered(stage, aftermath)
      } catch (error) {
        const hits = stage.sandbox.faults.hits.map(({ rule }) => JSON.stringify(rule)).join(', ')
        throw new Error(`with faults of ${method} (${hits}): ${(error as Error).message}`, { cause: error })
      }
    }
  })

  it('for a moment in every method that a host calls: groups are made, used and deleted all the same', async () => {
    for (const method of HOST_METHODS) {
      stage.sandbox.faults.hits.length = 0
      for (const blow of HOST_PASSING) stage.sandbox.faults.add({ surface: 'mtproto', method, ...blow })
      try {
        // A host pauses longer after each failure in a row.
        await lives(60_000)
        stage.sandbox.faults.clear()
        await recovered(stage, aftermath)
      } catch (error) {
        const hits = stage.sandbox.faults.hits.map(({ rule }) => JSON.stringify(rule)).join(', ')
        throw new Error(`with faults of ${method} (${hits}): ${(error as Error).message}`, { cause: error })
      }
    }
  })

  it('in anything, at any time, for good or for a moment: nothing stays broken', async () => {
    const { faults } = stage.sandbox
    const bustle = crowd.bustle(40)
    for (let blow = 0; blow < 400; blow++) {
      const passes = random() < 0.7
      const kind = random()
      if (kind < 0.25) faults.add({ surface: 'bot', method: 'update', wire: pick(['drop-before', 'duplicate']) })
      else if (kind < 0.7)
        faults.add({ surface: 'bot', method: pick(BOT_METHODS), ...pick(passes ? BOT_PASSING : BOT_REFUSALS) })
      else
        faults.add({ surface: 'mtproto', method: pick(HOST_METHODS), ...pick(passes ? HOST_PASSING : HOST_REFUSALS) })
      await pause(50)
    }
    await bustle.stop()
    faults.clear()
    expect(faults.hits.length).to.be.greaterThan(50)
    // A lost update is noticed at the room's deadline; what was refused lies with the dead letters.
    const relaxed = { hostMs: 30_000, allowDeadLetters: true }
    await recovered(stage, relaxed)
    await everybodyIsFree(stage, crowd, relaxed)
  })
})
