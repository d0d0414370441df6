import { Denied } from '../../src/sandbox/world/denied.js'
import type { WorldEvent } from '../../src/sandbox/world/events.js'
import { ADMIN_RIGHTS } from '../../src/sandbox/world/rights.js'
import { World } from '../../src/sandbox/world/world.js'

/** A world with a host, its group, two people and a bot that administers the group. */
export function worldWithGroup() {
  const world = new World('test')
  const host = world.users.add({ firstName: 'Host', phone: '+1 555 0000' }).id
  const [alice, bob] = [world.users.add({ firstName: 'Alice' }).id, world.users.add({ firstName: 'Bob' }).id]
  const bot = world.users.addBot('Visavis', 'visavis_bot').id
  const group = world.chats.create(host, { title: 'Room' })
  world.members.promote(
    group.id,
    host,
    bot,
    ADMIN_RIGHTS.filter((right) => right !== 'anonymous'),
  )
  return { world, host, alice, bob, bot, group }
}

/** The name of the refusal, or `done`. */
export function outcome(action: () => unknown): string {
  try {
    action()
    return 'done'
  } catch (error) {
    if (error instanceof Denied) return error.error
    throw error
  }
}

/** Collects what the world tells from now on. */
export function listen(world: World): WorldEvent[] {
  const events: WorldEvent[] = []
  world.on('event', (event) => events.push(event))
  return events
}
