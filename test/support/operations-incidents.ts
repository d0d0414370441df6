import { mkdirSync, rmdirSync } from 'node:fs'
import path from 'node:path'
import { freePort } from '../../scripts/servers/ports.js'
import { newMarker } from '../../src/actors/host-markers.js'
import { invite, meet } from './meetings.js'
import type { Operations } from './operations-stage.js'
import { startProxy } from './proxy.js'
import type { TelegramPerson } from './telegram-people.js'
import { until } from './until.js'

type Scenes = Readonly<Record<string, () => Promise<unknown>>>

/** How that of which a part of docs/operations.md tells is brought about. */
interface Incident {
  readonly env?: Readonly<Record<string, string>>
  /** Starts what is there before; gives what happens meanwhile, in its order, by the document's words. */
  readonly begin: (operations: Operations) => Promise<Scenes>
}

const two = async ({ stage }: Operations) => [await stage.register('Ann'), await stage.register('Ben')] as const

const waits = (person: TelegramPerson) => person.ask('/find', /searching/i)

const hasLogged = ({ log }: Operations, event: string) =>
  until(event, () => log.some((line) => line.includes(`"event":"${event}"`)), { withinMs: 15_000 })

const hostOf = ({ stage: { world } }: Operations, phone: string) =>
  (world.users.byPhone(phone) ?? world.users.add({ firstName: 'Host', phone })).id

const readyz = (ops: string) => fetch(`${ops}/readyz`).then(({ ok }) => ok)

/** A pair takes a group, so that the host wants to make another one. */
const takeGroup = async (operations: Operations) => {
  const [ann, ben] = await two(operations)
  await waits(ann)
  await ben.say('/find')
}

export const INCIDENTS: Readonly<Record<string, Incident>> = {
  'A session at the terminal': {
    env: { GROUP_STOCK: '5' },
    begin: async (operations) => {
      const { stage, quiet } = operations
      await operations.start()
      await operations.stocked(5)
      return {
        'Ann and Ben are invited, and Cleo waits': async () => {
          const [ann, ben] = await two(operations)
          const cleo = await stage.register('Cleo')
          await invite(stage, ann, ben)
          await waits(cleo)
          await operations.stocked(5)
          await quiet()
        },
        'It is sent': () =>
          until('the broadcast is done', () => stage.db.oneOrNone("select 1 from broadcasts where status = 'done'")),
      }
    },
  },
  'A host is frozen, restricted or logged out': {
    env: { GROUP_STOCK: '5' },
    begin: async (operations) => {
      const { stage } = operations
      await operations.start()
      await operations.stocked(5)
      const judge = (frozen: boolean) => stage.world.users.judge(hostOf(operations, '15550100'), { frozen })
      return {
        'Telegram freezes the account of host 1': async () => {
          hostOf(operations, '15550199')
          judge(true)
          await takeGroup(operations)
          await hasLogged(operations, 'host_quarantined')
        },
        'Telegram gives the account back': async () => judge(false),
        'The service works as both again': async () => {
          // With its new session, which host 1 takes up a moment after the login.
          const isWell = async (host: number) => {
            const { code, text } = await operations.run(`visavis hosts check ${host}`)
            return code === 0 && text.includes('logged in')
          }
          const well = async () => (await isWell(1)) && (await isWell(2))
          await until('the hosts are well', well, { withinMs: 40_000, everyMs: 500 })
          const unfinished = "select 1 from groups where status in ('preparing', 'disposing')"
          const done = async () => (await stage.db.any(unfinished)).length === 0
          await until('nothing is half done', done, { withinMs: 40_000 })
        },
      }
    },
  },
  'FLOOD_WAIT everywhere': {
    env: { GROUP_STOCK: '1' },
    begin: async (operations) => {
      const { stage } = operations
      await operations.start()
      await operations.stocked(1)
      const host = hostOf(operations, '15550100')
      return {
        'Telegram lets no host make groups for an hour, and the stock is used up': async () => {
          hostOf(operations, '15550199')
          const rule = { surface: 'mtproto', method: 'channels.createChannel', user: host, times: 100 }
          await stage.people.fault({ ...rule, error: 'FLOOD_WAIT_3600' })
          await takeGroup(operations)
          await hasLogged(operations, 'host_parked')
          await waits(await stage.register('Cleo'))
        },
        'The new host fills the stock': () => operations.stocked(1),
      }
    },
  },
  'Redis lost its data': {
    env: { GROUP_STOCK: '3' },
    begin: async (operations) => {
      const { stage, redis, quiet } = operations
      const { ops } = await operations.start()
      await operations.stocked(3)
      const [ann, ben] = await two(operations)
      const cleo = await stage.register('Cleo')
      await meet(stage, ann, ben)
      await operations.stocked(3)
      await waits(cleo)
      return {
        'Redis is emptied while Ann and Ben are in a room and Cleo waits': async () => {
          await quiet()
          await stage.redis.flushall()
          await hasLogged(operations, 'rebuild_finished')
        },
        'Redis is killed': () => redis.kill(),
        'Redis is started again': async () => {
          await redis.restart()
          await until('it is ready', () => readyz(ops), { withinMs: 15_000 })
        },
      }
    },
  },
  'Postgres is down': {
    env: { GROUP_STOCK: '1' },
    begin: async (operations) => {
      const { stage, postgres, quiet } = operations
      const { ops } = await operations.start()
      await operations.stocked(1)
      const [ann, ben] = await two(operations)
      await meet(stage, ann, ben)
      await operations.stocked(1)
      return {
        'Postgres is away, and Cat, whom nobody knows yet, is told so': async () => {
          await quiet()
          await postgres.cut()
          await (await stage.people.create('Cat')).ask('/start', /went wrong/i)
        },
        'Postgres is back': async () => {
          await postgres.mend()
          await until('it is ready', () => readyz(ops), { withinMs: 15_000 })
          await ben.hears(/an administrator has closed the room/i)
          await quiet()
        },
      }
    },
  },
  "The bot's token was revoked": {
    env: { GROUP_STOCK: '1' },
    begin: async (operations) => {
      const { stage } = operations
      const service = await operations.start()
      await operations.stocked(1)
      return {
        '@BotFather revokes the token, and Ann writes': async () => {
          await operations.quiet()
          await stage.people.fault({ surface: 'bot', method: '*', times: 1_000, error: '401:Unauthorized' })
          // A poll that hangs is answered by this.
          await stage.people.create('Ann').then((ann) => ann.say('/start'))
          if ((await service.gone) !== 1) throw new Error('it did not end with 1')
        },
        'The new token is in BOT_TOKEN, and the service is started again': async () => {
          await stage.people.clearFaults()
          await operations.start()
          await operations.stocked(1)
        },
      }
    },
  },
  'The webhook fails': {
    env: { GROUP_STOCK: '1', BOT_WEBHOOK_SECRET: 'the-secret-of-this-webhook' },
    begin: async (operations) => {
      const { stage } = operations
      const port = String(await freePort())
      const way = await startProxy(Number(port))
      const url = `http://127.0.0.1:${way.port}/updates`
      operations.settings({ BOT_WEBHOOK_URL: url, BOT_WEBHOOK_PORT: port })
      await operations.start()
      await operations.stocked(1)
      const ann = await stage.register('Ann')
      return {
        'The way from Telegram to the webhook is closed, and Ann writes': async () => {
          await way.cut()
          await ann.say('/help')
        },
        'The way is open again, and Ann has been answered': async () => {
          await way.mend()
          await ann.hears(/two strangers/)
          await way.close()
        },
      }
    },
  },
  'A disk is full': {
    env: { GROUP_STOCK: '1' },
    begin: async (operations) => {
      const { stage } = operations
      const { ops } = await operations.start()
      await operations.stocked(1)
      const ann = await stage.register('Ann')
      // Nothing can be renamed to the name of a directory: Redis cannot finish what it saves, as on a full disk.
      const [, directory = ''] = await stage.redis.config('GET', 'dir')
      const dump = path.join(directory, 'dump.rdb')
      const save = async (state: 'ok' | 'err') => {
        await stage.redis.bgsave()
        await until(`saving is ${state}`, async () =>
          (await stage.redis.info('persistence')).includes(`rdb_last_bgsave_status:${state}`),
        )
      }
      return {
        'Redis cannot write its data down any more, and Ann searches': async () => {
          mkdirSync(dump)
          await stage.redis.config('SET', 'save', '3600 1')
          await save('err')
          await ann.say('/find')
          const free = () => stage.redis.keys(stage.keys.lease('*'))
          await until('the leases are over', async () => (await free()).length === 0, { withinMs: 20_000 })
          await hasLogged(operations, 'lease_lost')
        },
        'There is room again': async () => {
          rmdirSync(dump)
          await save('ok')
          const well = async () => (await operations.run('visavis hosts check')).code === 0
          await until('it is ready', async () => (await readyz(ops)) && (await well()), {
            withinMs: 30_000,
            everyMs: 500,
          })
        },
      }
    },
  },
  'There are dead letters': {
    env: { GROUP_STOCK: '1', MESSAGE_ATTEMPTS: '2' },
    begin: async (operations) => {
      const { stage } = operations
      await operations.start()
      await operations.stocked(1)
      const ann = await stage.register('Ann')
      return {
        'Telegram refuses what the bot says to Ann, again and again': async () => {
          await stage.people.fault({
            surface: 'bot',
            method: 'sendMessage',
            error: '400:Bad Request: message is too long',
          })
          await ann.say('/help')
          await hasLogged(operations, 'message_buried')
        },
        'The cause is mended': () => stage.people.clearFaults(),
      }
    },
  },
  'Orphan groups': {
    env: { GROUP_STOCK: '1' },
    begin: async (operations) => {
      const { stage } = operations
      await operations.start()
      await operations.stocked(1)
      return {
        'A group with our marker comes up that nobody knows of': async () =>
          stage.world.chats.create(hostOf(operations, '15550100'), { title: newMarker(stage.prefix) }),
      }
    },
  },
  'A room is stuck': {
    env: { GROUP_STOCK: '1', ROOM_ENTRY_TIMEOUT: '4s' },
    begin: async (operations) => {
      const { stage, quiet } = operations
      await operations.start()
      await operations.stocked(1)
      const [ann, ben] = await two(operations)
      return {
        'No worker runs, and the deadline of a room passes': async () => {
          await invite(stage, ann, ben)
          await operations.stocked(1)
          await quiet()
          await operations.stopServices()
          await operations.start({ ROLES: 'bot,host,cron' })
          await until('the deadline has passed', async () => {
            const [seconds = 0] = await stage.redis.time()
            return (await stage.redis.zcount(stage.keys.inviting, '-inf', Number(seconds) * 1_000)) > 0
          })
        },
        'A worker is started': async () => {
          await operations.start({ ROLES: 'worker' })
          await quiet()
        },
      }
    },
  },
}
