import { expect } from 'chai'
import { createEmptyGroupsJob } from '../../src/cron/empty-groups-job.js'
import { chatId, roomId, userId, type UserId } from '../../src/ids.js'
import { createLogger } from '../../src/logger.js'
import type { GroupId, GroupToEmpty } from '../../src/postgres/groups.js'
import { TelegramError, type TelegramErrorCode } from '../../src/telegram/errors.js'

const ANN = userId(41)
const BOB = userId(42)

describe('cron/empty-groups-job', () => {
  const stage = (refusals: Readonly<Record<string, TelegramErrorCode>> = {}, others: number = 0) => {
    let now = 0
    const did: string[] = []
    const noted = new Set<string>()
    const row = (group: string, a: UserId, b: UserId): GroupToEmpty => ({
      group: group as GroupId,
      chat: chatId(-1_000_000 - Number(group)),
      room: roomId(group.padStart(22, '0')),
      a,
      b,
    })
    const rows = [row('1', ANN, BOB)]
    for (let i = 0; i < others; i++) rows.push(row(String(i + 2), ANN, userId(100 + i)))
    const job = createEmptyGroupsJob({
      bot: {
        memberStatus: async (_chat, user) => {
          did.push(`look ${user}`)
          const refusal = refusals[user] ?? (Number(user) <= 0 ? 'telegram_rejected' : undefined)
          if (refusal !== undefined) throw new TelegramError(refusal, 'getChatMember', 'no')
          return 'in'
        },
        removeMember: async (_chat, user) => void did.push(`remove ${user}`),
        liftBan: async () => undefined,
      },
      groups: { place: async () => 'disposing' },
      tables: {
        groups: {
          toEmpty: async (_patience, limit) => rows.filter(({ group }) => !noted.has(group)).slice(0, limit),
          noteEmptied: async (group) => void noted.add(group),
        },
      },
      clock: { now: () => now, wait: async () => undefined },
      logger: createLogger({ level: 'silent', pretty: false }),
    })
    return {
      did,
      noted,
      rows,
      run: () => job.run(new AbortController().signal),
      later: (ms: number) => void (now += ms),
    }
  }

  it('asks nothing about who was forgotten, and shows the other one out', async () => {
    const { rows, did, noted, run } = stage()
    rows[0] = { ...(rows[0] as GroupToEmpty), a: '-1' as UserId }
    await run()
    expect(did).to.deep.equal([`look ${BOB}`, `remove ${BOB}`])
    expect([...noted]).to.deep.equal(['1'])
  })

  it('shows the other one out when Telegram refuses one, and comes back for the one, ever less often', async () => {
    const refusals: Record<string, TelegramErrorCode> = { [ANN]: 'telegram_rejected' }
    const { did, noted, run, later } = stage(refusals)
    await run()
    expect(did).to.include(`remove ${BOB}`)
    expect([...noted]).to.deep.equal([])
    await run()
    expect(did.filter((one) => one === `look ${ANN}`)).to.have.length(1)
    for (let i = 0; i < 100; i++) {
      later(3_000)
      await run()
    }
    expect(did.filter((one) => one === `look ${ANN}`)).to.have.length.within(4, 9)
    delete refusals[ANN]
    later(3_600_000)
    await run()
    expect(did).to.include(`remove ${ANN}`)
    expect([...noted]).to.deep.equal(['1'])
  })

  it('goes on with other groups while some cannot be emptied', async () => {
    const { noted, run, rows } = stage({ [ANN]: 'telegram_rejected' }, 30)
    rows.push({ ...(rows[0] as GroupToEmpty), group: '99' as GroupId, a: userId(98), b: userId(99) })
    for (let i = 0; i < 3; i++) await run()
    expect([...noted]).to.deep.equal(['99'])
  })

  for (const code of ['telegram_gone', 'telegram_forbidden'] as const)
    it(`is done with a group that is not there for the bot any more (${code})`, async () => {
      const { did, noted, run } = stage({ [ANN]: code })
      await run()
      expect(did).to.deep.equal([`look ${ANN}`])
      expect([...noted]).to.deep.equal(['1'])
    })
})
