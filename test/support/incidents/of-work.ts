import { newMarker } from '../../../src/actors/host-markers.js'
import { invite } from '../meetings.js'
import { until } from '../until.js'
import { hasLogged, hostOf, two, type Incident } from './incident.js'

/** What happens to the work of the service. */
export const OF_WORK: Readonly<Record<string, Incident>> = {
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
