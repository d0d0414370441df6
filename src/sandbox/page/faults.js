import { get, post, put } from './api.js'
import { button, element, find, reconcile } from './dom.js'

/** @import { Phone } from './phone.js' */
/** @import { FaultRule } from './types.js' */

/** @type {{ title: string, hint: string, rule: FaultRule }[]} */
const faults = [
  {
    title: 'Answers get lost',
    hint: 'The bot’s next 3 messages arrive, but it never learns that they did.',
    rule: { surface: 'bot', method: 'sendMessage', wire: 'drop-after', times: 3 },
  },
  {
    title: 'Too many requests',
    hint: '429: twice the bot is told to wait 3 seconds before it sends.',
    rule: { surface: 'bot', method: 'sendMessage', error: '429:3', times: 2 },
  },
  {
    title: 'Slow answers',
    hint: 'The bot’s next 5 messages take 3 seconds each.',
    rule: { surface: 'bot', method: 'sendMessage', delayMs: 3_000, times: 5 },
  },
  {
    title: 'Updates come twice',
    hint: 'The bot hears the next 6 things two times.',
    rule: { surface: 'bot', method: 'update', wire: 'duplicate', times: 6 },
  },
  {
    title: 'FLOOD_WAIT',
    hint: 'The host may make no group for 30 seconds.',
    rule: { surface: 'mtproto', method: 'channels.createChannel', error: 'FLOOD_WAIT_30', times: 1 },
  },
  {
    title: 'A group nobody heard of',
    hint: 'The next group is made, but the host’s connection breaks before it knows.',
    rule: { surface: 'mtproto', method: 'channels.createChannel', wire: 'drop-after', times: 1 },
  },
]

/** @type {(keyof FaultRule)[]} */
const told = ['surface', 'method', 'wire', 'error', 'delayMs']
/** @type {(one: FaultRule, other: FaultRule) => boolean} */
const same = (one, other) => told.every((name) => one[name] === other[name])

const lookEveryMs = 1_000

/** Switches for what can go wrong: people who block the bot, and a Telegram that has a bad day. */
export class Faults {
  /**
   * @param {HTMLElement} place
   * @param {Phone[]} phones
   */
  constructor(place, phones) {
    this.people = find(place, '.of-people')
    this.list = find(place, '.of-telegram')
    this.phones = phones
    /** @type {FaultRule[]} */
    this.rules = []
    // A rule that is used up is no event of the world.
    setInterval(() => {
      if (this.rules.length > 0 && !document.hidden) this.refresh().catch(() => undefined)
    }, lookEveryMs)
  }

  async refresh() {
    this.rules = (await get('faults')).rules
    const people = [...new Set(this.phones.flatMap(({ person }) => (person && !person.host ? person : [])))]
    reconcile(
      this.people,
      people.map((person) => ({
        key: `block ${person.id}`,
        shape: `${person.blockedBot} ${person.firstName}`,
        make: () =>
          switchRow({
            whose: person.firstName,
            title: 'blocks the bot',
            hint: '403: the bot can neither write to them nor hear them.',
            on: person.blockedBot,
            flip: () => post(`users/${person.id}/block`, { bot: !person.blockedBot }),
          }),
      })),
    )
    reconcile(
      this.list,
      faults.map(({ title, hint, rule }) => {
        const active = this.rules.find((one) => same(one, rule))
        return {
          key: title,
          shape: String(active?.times),
          make: () => switchRow({ title, hint, on: !!active, left: active?.times, flip: () => this.flip(rule) }),
        }
      }),
    )
  }

  /** @param {FaultRule} rule */
  async flip(rule) {
    /** @type {{ rules: FaultRule[] }} */
    const { rules } = await get('faults')
    const others = rules.filter((one) => !same(one, rule))
    if (others.length < rules.length) await put('faults', { rules: others })
    else await post('faults', rule)
    await this.refresh()
  }
}

/** @param {{ whose?: string, title: string, hint: string, on: boolean, left?: number | undefined, flip: () => unknown }} what */
function switchRow({ whose, title, hint, on, left, flip }) {
  return element(
    'li',
    {},
    button(
      { className: 'switch', role: 'switch', 'aria-checked': String(on), onclick: flip },
      element(
        'span',
        { className: 'who' },
        element(
          'span',
          { className: 'title' },
          whose === undefined ? '' : element('bdi', {}, whose),
          element('span', {}, whose === undefined ? title : ` ${title}`, on && left ? ` · ${left} left` : ''),
        ),
        element('small', {}, hint),
      ),
      element('span', { className: 'track', 'aria-hidden': 'true' }),
    ),
  )
}
