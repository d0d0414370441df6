import { Guest } from './tour-guest.js'
import { introduce, introduceSomebodyElse } from './tour-introduction.js'
import { searching, stepCount, together } from './tour-steps.js'

/** @import { Phone } from './phone.js' */
/** @import { Step } from './tour-steps.js' */
/** @import { Live, World } from './types.js' */

const settlesWithinMs = 1_200
/** Where the tour is, for when the page is loaded anew. */
const memory = 'tour state'

/** The guided tour of the first visit: two people meet. It watches what happens and goes on by itself. */
export class Tour {
  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} again the button that shows the tour once more
   * @param {[Phone, Phone]} phones
   * @param {() => Promise<void>} redraw
   * @param {() => Live | undefined} live what the service says about itself
   */
  constructor(place, again, phones, redraw, live) {
    this.place = place
    this.again = again
    this.phones = phones
    this.redraw = redraw
    this.live = live
    this.offered = false
    this.looking = false
    /** Whether something happened while it looked. */
    this.missed = false
    /** @type {World | undefined} */
    this.state = undefined
    /** Undefined while the tour does not run. @type {[Guest, Guest] | undefined} */
    this.guests = undefined
    /** The room that they have shared. @type {number | undefined} */
    this.met = undefined
    this.at = 0
    /** Why the last room is over, until they search again. @type {string | undefined} */
    this.over = undefined
    /** What the button does. @type {() => unknown} */
    this.go = () => undefined
    /** A step back that is about to be taken. @type {{ title: string, at: number } | undefined} */
    this.pending = undefined
    this.part('.skip').onclick = () => this.end()
    this.part('.go').onclick = () => this.go()
    again.onclick = () => this.invite()
    // The phones leave it as much room as its words need.
    new ResizeObserver(() => {
      const { marginTop, marginBottom } = getComputedStyle(place)
      const height = place.hidden ? 0 : place.offsetHeight + parseFloat(marginTop) + parseFloat(marginBottom)
      document.documentElement.style.setProperty('--tour', `${height}px`)
    }).observe(place)
  }

  /** @param {string} selector */
  part(selector) {
    return /** @type {HTMLButtonElement} */ (this.place.querySelector(selector))
  }

  /**
   * Called with each new state of the world, and when the service says something new. It is for bots that find people;
   * others are left alone.
   * @param {World} [state]
   */
  async look(state = this.state) {
    this.state = state
    const { bot } = state ?? {}
    if (!state || !bot) return
    const fits = bot.listening && bot.commands.some(({ command }) => command === 'find')
    this.again.hidden = !fits
    if (fits && !this.offered) {
      this.offered = true
      if (localStorage.getItem('tour') !== 'done') this.resume()
    }
    this.missed = this.looking
    if (!this.guests || this.looking) return
    this.looking = true
    try {
      for (const guest of this.guests) await guest.look(state, this.live())
      if (this.guests) this.follow(...this.guests)
    } finally {
      this.looking = false
    }
    if (this.missed) await this.look()
  }

  /** After a reload it goes on where it was; on the first visit it is offered. */
  resume() {
    const saved = JSON.parse(sessionStorage.getItem(memory) ?? 'null')
    if (!saved) return this.invite()
    if (!saved.guests) return this.begin()
    const [one, other] = this.phones
    this.guests = [Guest.restore(one, saved.guests[0]), Guest.restore(other, saved.guests[1])]
    this.met = saved.met
    this.at = saved.at
    this.over = saved.over
  }

  invite() {
    this.stop()
    const words = 'It takes a minute: Ann and Ben find each other, talk, and part.'
    this.show('', 'See two strangers meet', words, 'Show me', () => this.begin())
  }

  begin() {
    return this.meet(async () => {
      for (const phone of this.phones) await introduce(phone)
      return [new Guest(this.phones[0]), new Guest(this.phones[1])]
    })
  }

  /**
   * Somebody new goes on in the place of one of the two.
   * @param {Guest} gone
   */
  replace(gone) {
    const before = this.guests
    return this.meet(async () => {
      await introduceSomebodyElse(gone.phone)
      const [one, other] = before ?? []
      return [
        one && one !== gone ? one : new Guest(this.phones[0]),
        other && other !== gone ? other : new Guest(this.phones[1]),
      ]
    })
  }

  /** @param {() => Promise<[Guest, Guest]>} gather */
  async meet(gather) {
    this.stop()
    sessionStorage.setItem(memory, '{}')
    const key = this.part('.go')
    key.disabled = true
    this.show('', 'Everybody introduces themselves', 'The bot asks each of them who they are, once.', '…')
    try {
      this.guests = await gather()
      await this.redraw()
      // Who is in a room already goes on there.
      for (const { inside, place, phone } of this.guests ?? []) if (inside) await phone.open(place)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const words = `${why} Answer the bot’s questions in both phones, then try again.`
      this.show('', 'That did not work', words, 'Again', () => this.begin())
    } finally {
      key.disabled = false
    }
  }

  /**
   * @param {Guest} ann
   * @param {Guest} ben
   */
  follow(ann, ben) {
    const guests = [ann, ben]
    const gone = guests.find(({ isHere }) => !isHere)
    if (gone) {
      const words = 'The phone is somebody else’s now, or the bot is blocked. Go on, and the tour begins anew.'
      this.stop()
      return this.show('', `${gone.name} is not with us any more`, words, 'Go on', () => this.begin())
    }
    const room = ann.place === ben.place ? ann.place : undefined
    if (room !== undefined) {
      this.met = room
      this.over = undefined
      return this.tell(together(ann, ben, room))
    }
    const { met } = this
    if (met !== undefined) {
      // When one has left, the other follows at once; where Telegram is slow with that, nobody waits for it.
      if (guests.some(({ place }) => place === met) && !this.settles(`out of ${met}`)) return
      const were = guests.every(({ beenIn }) => beenIn.has(met))
      if (were && this.at === stepCount) return this.tellAll()
      this.over = endOf(were)
      this.met = undefined
      this.at = 0
    }
    const nobody = guests.every(({ waits, place }) => !waits && place === undefined)
    // A room may be over before it was seen here.
    if (nobody && this.at === 2 && guests.every(({ notice }) => notice === 'closed')) this.over = endOf(false)
    if (!nobody || guests.some(({ refused }) => refused)) this.over = undefined
    if (this.over === undefined) return this.tell(searching(ann, ben))
    this.at = 0
    this.show('', 'The room has ended', this.over, 'Go on', () => this.begin())
    this.mark(ann.chip('find'))
    this.remember()
  }

  remember() {
    const { met, at, over, guests } = this
    const saved = { met, at, over, guests: guests?.map((one) => one.save()) }
    sessionStorage.setItem(memory, JSON.stringify(saved))
  }

  /**
   * Whether this has looked so for a moment; when that is over, the tour looks again by itself.
   * @param {string} what
   */
  settles(what) {
    if (this.pending?.title !== what) {
      this.pending = { title: what, at: performance.now() }
      setTimeout(() => this.look(), settlesWithinMs + 50)
    }
    return performance.now() - this.pending.at >= settlesWithinMs
  }

  /** @param {Step} step */
  tell({ at, title, words, target, unsure, instead }) {
    if ((at < this.at || unsure) && !this.settles(title)) return
    this.pending = undefined
    this.at = at
    const [go, act] = instead ? ['Somebody else', () => this.replace(instead)] : ['', undefined]
    this.show(`${at} of ${stepCount}`, title, words, go, act)
    this.mark(target)
    this.remember()
  }

  tellAll() {
    this.stop()
    const words = 'The group is gone. Make more people, be late, block the bot: everything else is yours to try.'
    this.show('', 'That is all', words, 'Done', () => this.end())
  }

  stop() {
    sessionStorage.removeItem(memory)
    this.guests = undefined
    this.met = undefined
    this.over = undefined
    this.pending = undefined
    this.at = 0
    this.mark(undefined)
  }

  /**
   * @param {string} step
   * @param {string} title
   * @param {string} words
   * @param {string} go what the button says; empty: there is none
   * @param {() => unknown} [act] what it does
   */
  show(step, title, words, go, act = () => undefined) {
    this.place.hidden = false
    this.go = act
    /** @type {(selector: string, text: string) => void} */
    const put = (selector, text) => {
      if (this.part(selector).textContent !== text) this.part(selector).textContent = text
    }
    put('.step', step)
    put('h2', title)
    put('.words', words)
    put('.go', go)
    this.part('.go').hidden = go === ''
    this.part('.skip').hidden = go === 'Done'
    put('.skip', go === 'Go on' ? 'End the tour' : 'Skip the tour')
  }

  /** @param {HTMLElement | undefined} target */
  mark(target) {
    for (const old of document.querySelectorAll('.tour-target'))
      if (old !== target && !old.matches('[role=tab]')) old.classList.remove('tour-target')
    target?.classList.add('tour-target')
    // On a narrow window what to press may be behind another tab, which shows it while it is not the chosen one.
    const phone = target?.closest('.phone')
    for (const tab of document.querySelectorAll('[role=tab]'))
      tab.classList.toggle('tour-target', tab.getAttribute('aria-controls') === phone?.id)
  }

  end() {
    localStorage.setItem('tour', 'done')
    this.stop()
    this.place.hidden = true
  }
}

/**
 * Why a room is over, and what one can do.
 * @param {boolean} were whether both were inside
 */
const endOf = (were) => {
  const why = were
    ? 'Both were inside, and the group is gone already.'
    : 'Not both came inside: the bot tells each of them why, and their links are dead.'
  return `${why} Press Find again, or end the tour here.`
}
