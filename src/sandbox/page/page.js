import { get, post, watch } from './api.js'
import { find } from './dom.js'
import { Faults } from './faults.js'
import { Phone } from './phone.js'
import { chooseTheme, helpDialog, tabs } from './shell.js'
import { Inside } from './system.js'
import { Tour } from './tour.js'

/** @import { World } from './types.js' */

/** @param {string} id */
const part = (id) => find(document, `#${id}`)

/** @type {[Phone, Phone]} */
const phones = [new Phone(part('phone-a'), 'Ann', draw), new Phone(part('phone-b'), 'Ben', draw)]
const inside = new Inside(part('inside'), () => void tour.look().catch(() => undefined))
const faults = new Faults(part('faults'), phones)
const tour = new Tour(part('tour'), part('tour-again'), phones, draw, () => inside.live)
const shown = tabs([
  { tab: part('tab-a'), panel: part('phone-a'), focus: () => phones[0].focus() },
  { tab: part('tab-b'), panel: part('phone-b'), focus: () => phones[1].focus() },
  { tab: part('tab-s'), panel: part('system'), focus: () => find(part('system'), 'button').focus() },
])

/** @type {Promise<void> | undefined} */
let running
/** @type {Promise<void> | undefined} */
let following

/**
 * Draws everything. While it draws, any number of calls mean one more time; the promise covers that one too.
 * @returns {Promise<void>}
 */
function draw() {
  if (!running) {
    running = drawOnce().finally(() => (running = undefined))
    return running
  }
  following ??= running.then(() => {
    following = undefined
    return draw()
  })
  return following
}

async function drawOnce() {
  try {
    const fetchedAt = performance.now()
    /** @type {World} */
    const state = { ...(await get('state')), fetchedAt }
    part('world').textContent = describe(state)
    const unread = []
    for (const phone of phones) unread.push(await phone.refresh(state))
    shown.label(
      phones.map(({ person }, index) => person?.firstName ?? `Phone ${index + 1}`),
      unread,
    )
    inside.world(state)
    await faults.refresh()
    await tour.look(state)
  } catch (error) {
    live(false)
    console.error(error)
  }
}

/** @param {World} world */
function describe({ bot, clockOffsetMs }) {
  const words = bot ? `@${bot.username} ${bot.listening ? 'listens' : 'is not listening'}` : 'There is no bot yet'
  const hours = Math.round(clockOffsetMs / 36_000) / 100
  return `${words} · nothing here reaches the real Telegram${clockOffsetMs ? ` · clock ${hours} h ahead` : ''}`
}

/** @param {boolean} on */
function live(on) {
  const mark = part('live')
  const words = on ? 'Live' : 'The sandbox does not answer; trying again…'
  if (mark.textContent !== words) mark.textContent = words
  mark.classList.toggle('on', on)
}

const clock = /** @type {HTMLFormElement} */ (part('clock'))
clock.addEventListener('submit', async (event) => {
  event.preventDefault()
  await post('clock', { advanceMs: Number(new FormData(clock).get('advanceMs')) })
  find(clock, 'output').textContent = 'Moved.'
  await draw()
})

chooseTheme(part('theme'))
helpDialog(part('help'), /** @type {HTMLDialogElement} */ (part('help-dialog')))
watch(() => {
  inside.soon()
  draw()
}, live)
