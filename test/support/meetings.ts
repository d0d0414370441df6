import { parsePerson } from '../../src/redis/records.js'
import type { Room } from '../../src/redis/rooms.js'
import type { Stage } from './stage.js'
import type { TelegramPerson } from './telegram-people.js'
import { until, type Patience } from './until.js'

/** Two people who have answered the bot's questions. */
export const registerTwo = async (stage: Stage): Promise<[TelegramPerson, TelegramPerson]> =>
  Promise.all([stage.register('Ann'), stage.register('Ben')])

/** Two people search, and nobody else: their invitations' links. */
export const invite = async (stage: Stage, one: TelegramPerson, other: TelegramPerson): Promise<[string, string]> => {
  await one.ask('/find', /searching|ищу/i)
  await other.say('/find')
  return Promise.all([stage.invitation(one), stage.invitation(other)])
}

/** The room that a person is in, as Redis holds it. */
export const roomOf = async ({ redis, keys }: Stage, { id }: TelegramPerson): Promise<Room | undefined> => {
  const { room } = parsePerson(await redis.hget(keys.people, String(id)))
  const json = room === undefined ? null : await redis.hget(keys.rooms, room)
  return json === null ? undefined : (JSON.parse(json) as Room)
}

/** KEYS: rooms, deadlines of the stage, lease. ARGV: room, milliseconds from now. Gives the new deadline. */
const MOVE_DEADLINE = `
  local time = redis.call('TIME')
  local deadline = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2]
  local moved, times = string.gsub(redis.call('HGET', KEYS[1], ARGV[1]), '"deadline":%d+', '"deadline":' .. deadline)
  assert(times == 1)
  redis.call('HSET', KEYS[1], ARGV[1], moved)
  redis.call('ZADD', KEYS[2], 'XX', deadline, ARGV[1])
  redis.call('PEXPIREAT', KEYS[3], deadline)
  return deadline`

/**
 * Makes the time that a person's room has in its stage end so soon. What a test does before that is no race with the
 * clock then, however busy the machine is, and nobody waits for long. Gives the new deadline.
 */
export const endTimeOf = async (stage: Stage, person: TelegramPerson, inMs = 1): Promise<number> => {
  const { redis, keys } = stage
  const room = await roomOf(stage, person)
  if (!room) throw new Error(`${person.firstName} is in no room`)
  const { id } = room
  return Number(await redis.eval(MOVE_DEADLINE, 3, keys.rooms, keys[room.stage], keys.roomLease(id), id, inMs))
}

/** Two people are invited and come in: their group, where they have been welcomed. */
export const meet = async (stage: Stage, one: TelegramPerson, other: TelegramPerson): Promise<number> => {
  const links = await invite(stage, one, other)
  await one.enter(links[0])
  await one.hears(/you are in/i)
  const { chat } = await other.enter(links[1])
  await until(`${one.firstName} and ${other.firstName} are welcomed`, async () =>
    (await one.messages(chat)).some(({ from, text }) => from === one.bot && text.includes(other.firstName)),
  )
  return chat
}

/** The chat as the local Telegram shows it to an outsider. */
export const chatState = async (stage: Stage, chat: number) => {
  const found = (await stage.people.state()).chats.find(({ id }) => id === chat)
  if (!found) throw new Error(`there is no chat ${chat}`)
  return found
}

/** Waits until a group was deleted for everyone. */
export const untilDeleted = (stage: Stage, chat: number, patience?: Patience) =>
  until(`group ${chat} is deleted`, async () => (await chatState(stage, chat)).deleted, patience)

/** How a room ended, as Postgres remembers it, when its row is closed. */
export const ending = (stage: Stage, group: number): Promise<{ reason: string; by: string | null }> =>
  until(`the last room in ${group} is closed in Postgres`, async () => {
    const { closed, ...how } = await stage.db.one<{ reason: string; by: string | null; closed: boolean }>(
      `SELECT reason, ended_by::text AS by, stage = 'closed' AS closed FROM rooms WHERE chat_id = $1
        ORDER BY made_at DESC LIMIT 1`,
      [group],
    )
    return closed && how
  })
