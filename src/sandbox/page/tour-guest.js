import { get } from './api.js'

/** @import { Phone } from './phone.js' */
/** @import { Live, MailboxMessage, Row, World } from './types.js' */

/** One of the two people as the tour follows them. */
export class Guest {
  /** @param {Phone} phone whose owner of this moment it is */
  constructor(phone) {
    this.phone = phone
    this.me = phone.me
    this.name = phone.person?.firstName ?? phone.suggestion
    /** The group in which they are, or to which they have an invitation that works. @type {number | undefined} */
    this.place = undefined
    this.inside = false
    this.waits = false
    /** Groups in which they have been, and those in which they wrote. */
    this.beenIn = new Set()
    this.wroteIn = new Set()
    /** @type {string | undefined} */
    this.invitation = undefined
    /** The bot's last words before the tour. @type {number | undefined} */
    this.heard = undefined
    /** The last words that it had for them, and the last notice to them that the service has written since. */
    this.words = ''
    /** @type {string | undefined} */
    this.notice = undefined
    /** The newest notice before the tour; empty: there was none. @type {string | undefined} */
    this.noticedBefore = undefined
  }

  /** What is to be known of them after a reload. */
  save() {
    const { me, name, invitation, heard, noticedBefore } = this
    return { me, name, invitation, heard, noticedBefore, beenIn: [...this.beenIn], wroteIn: [...this.wroteIn] }
  }

  /**
   * @param {Phone} phone
   * @param {ReturnType<Guest['save']>} saved
   */
  static restore(phone, { beenIn, wroteIn, ...saved }) {
    return Object.assign(new Guest(phone), saved, { beenIn: new Set(beenIn), wroteIn: new Set(wroteIn) })
  }

  /** Whether they asked to search and were told that they may not now. */
  get refused() {
    return /^(cooldown|banned|gate)/.test(this.notice ?? '') && !this.waits && this.place === undefined
  }

  /** Whether the phone is still theirs, and they talk to the bot. */
  get isHere() {
    const { me, person } = this.phone
    return me === this.me && person !== undefined && !person.blockedBot
  }

  /**
   * @param {World} world
   * @param {Live | undefined} live what the service says, where it says anything: it knows best who waits
   */
  async look({ bot, chats }, live) {
    /** @type {Row[]} */
    const rows = this.isHere ? await get(`users/${this.me}/chats`) : []
    const last = rows.find(({ id }) => id === bot?.id)?.lastMessage
    const fresh = last?.from === bot?.id && this.heard !== undefined && (last?.id ?? 0) > this.heard
    this.heard ??= last?.id ?? 0
    if (last?.from === bot?.id) this.words = last?.text ?? ''
    const mine = String(this.me)
    if (live) this.read(live.messages.findLast(({ about }) => about['to'] === mine && about['notice'] !== undefined))
    this.waits = live ? live.waiting.people.some(({ user }) => user === mine) : fresh

    const group = chats.find(
      ({ type, deleted, members }) => type === 'supergroup' && !deleted && members.some(({ id }) => id === this.me),
    )
    this.inside = group !== undefined
    const sent = (last?.buttons ?? []).flat().find(({ url }) => url?.includes('t.me/+'))?.url
    this.invitation = sent ?? this.invitation
    const invited = chats.find(
      ({ deleted, links }) => !deleted && links.some(({ link, revoked }) => link === this.invitation && !revoked),
    )
    const room = live?.rooms.list.find(
      ({ stage, people }) => stage !== 'closing' && people.some(({ user }) => user === mine),
    )
    const promised = chats.find(({ id, deleted }) => id === Number(room?.chat) && !deleted)
    this.place = (group ?? invited ?? promised)?.id
    if (!group) return
    this.beenIn.add(group.id)
    const said = rows.find(({ id }) => id === group.id)?.lastMessage
    if (said?.from === this.me && !said?.service) this.wroteIn.add(group.id)
  }

  /** @param {MailboxMessage | undefined} told */
  read(told) {
    this.noticedBefore ??= told?.id ?? ''
    if (told && told.id !== this.noticedBefore) this.notice = told.about['notice']
  }

  /** @param {string} command */
  chip(command) {
    const chips = /** @type {NodeListOf<HTMLElement>} */ (this.phone.place.querySelectorAll('.chips button'))
    return [...chips].find((one) => one.textContent?.toLowerCase() === command)
  }
  /** What to press next to get to a chat; undefined when the phone shows it. @param {number} chat */
  wayTo(chat) {
    const { shown, place } = this.phone
    if (shown === chat) return undefined
    if (shown !== undefined) return this.phone.part('.back')
    return /** @type {HTMLElement | undefined} */ (
      place.querySelector(`.chats [data-chat="${chat}"] button`) ?? undefined
    )
  }
  /** The button with the invitation, or what leads to it. */
  get invitationKey() {
    const { bot } = this.phone.world
    return (bot && this.wayTo(bot.id)) ?? this.key
  }
  get key() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.phone.place.querySelectorAll('.keys button.url'))].at(-1)
  }
  get line() {
    return this.phone.part('.composer')
  }
  get more() {
    return this.phone.part('.more')
  }
}
