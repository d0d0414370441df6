import { invite } from '../meetings.js'
import { until } from '../until.js'
import { hasLogged, hostOf, takeGroup, two, waits, type Incident } from './incident.js'

/** The service from day to day, and what happens to its accounts. */
export const OF_HOSTS: Readonly<Record<string, Incident>> = {
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
}
