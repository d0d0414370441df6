/** @import { World } from './types.js' */

/**
 * What a person has asked to be let in to. A request and the views of the world cross on their way, so only a view
 * that was asked for after a request can tell what became of it.
 */
export class JoinRequests {
  constructor() {
    /** @type {Map<number, { title: string, at: number }>} */
    this.open = new Map()
  }

  /**
   * A request was taken at this moment (of the page's clock).
   * @param {number} chat
   * @param {string} title
   */
  add(chat, title, at = performance.now()) {
    this.open.set(chat, { title, at })
  }

  clear() {
    this.open.clear()
  }

  /** The title of one that waits for its answer. */
  get first() {
    const [request] = this.open.values()
    return request?.title
  }

  /**
   * Brings the requests of `me` to what the world says; gives the title of one that was not granted.
   * @param {World} world
   * @param {number} me
   */
  update({ chats, fetchedAt }, me) {
    let refused
    for (const [id, { title, at }] of this.open) {
      if (fetchedAt < at) continue
      const chat = chats.find((one) => one.id === id)
      if (chat?.requests.includes(me)) continue
      this.open.delete(id)
      if (!chat?.members.some((member) => member.id === me)) refused = title
    }
    for (const { id, title, requests, members } of chats) {
      const inside = members.some((member) => member.id === me)
      if (requests.includes(me) && !inside && !this.open.has(id)) this.add(id, title, fetchedAt)
    }
    return refused
  }
}
