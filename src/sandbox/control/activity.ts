import type { WorldEvent } from '../world/events.js'
import type { Chat, Dialog } from '../world/types.js'
import type { World } from '../world/world.js'

/** The order in which chats were last written to: messages carry whole seconds, in which much can happen. */
export class Activity {
  private count = 0
  private readonly order = new WeakMap<Chat | Dialog, number>()
  private readonly listener = (event: WorldEvent) => {
    if (event.kind === 'message') this.order.set(event.chat, ++this.count)
    if (event.kind === 'dialog-message') this.order.set(event.dialog, ++this.count)
  }

  constructor(private readonly world: World) {
    world.on('event', this.listener)
  }

  /** Grows with each message; 0 for what was last written to in an earlier run. */
  of(place: Chat | Dialog): number {
    return this.order.get(place) ?? 0
  }

  close(): void {
    this.world.off('event', this.listener)
  }
}
