import { mkdirSync, rmdirSync } from 'node:fs'
import path from 'node:path'
import { freePort } from '../../../scripts/servers/ports.js'
import { meet } from '../meetings.js'
import { startProxy } from '../proxy.js'
import { until } from '../until.js'
import { hasLogged, readyz, two, waits, type Incident } from './incident.js'

/** What happens to that on which the service depends. */
export const OF_SERVERS: Readonly<Record<string, Incident>> = {
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
}
