import { find } from './dom.js'

/** So near to its end a log counts as read to the end. */
const nearPx = 60

/** Where one is in the messages of a chat, and the key that leads to the newest. */
export class ScrollPosition {
  /**
   * @param {HTMLElement} log
   * @param {HTMLElement} key
   */
  constructor(log, key) {
    this.log = log
    this.key = key
    this.badge = find(key, '.badge')
    this.atEnd = true
    this.top = 0
    /** How much came while older words are looked at. */
    this.missed = 0
    log.onscroll = () => {
      this.look()
      this.miss(0)
    }
    // Whoever looks at the newest goes on looking at it when the window changes.
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(log)
  }

  /** What the event of scrolling will tell in a moment is so already. */
  look() {
    const { scrollHeight, scrollTop, clientHeight } = this.log
    if (scrollTop === this.top) return
    this.top = scrollTop
    this.atEnd = scrollHeight - scrollTop - clientHeight < nearPx
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight
    this.top = this.log.scrollTop
    this.atEnd = true
    this.miss(0)
  }

  /**
   * So much more came. The key is there while there is anything below.
   * @param {number} more
   */
  miss(more) {
    this.missed = this.atEnd ? 0 : this.missed + more
    this.key.hidden = this.atEnd
    this.badge.hidden = this.missed === 0
    this.badge.textContent = String(this.missed)
  }
}
