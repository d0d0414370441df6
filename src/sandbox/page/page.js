import { Away, get, post, watch } from './api.js'
import { clockOf, find, spanOf } from './dom.js'
import { Faults } from './faults.js'
import { Phone } from './phone.js'
import { chooseTheme, helpDialog, tabs } from './shell.js'
import { Programs } from './programs.js'
import { Inside } from './system.js'
import { Tour } from './tour.js'

/** @import { World } from './types.js' */

/** @param {string} id */
const part = (id) => find(document, `#${id}`)

/** @type {[Phone, Phone]} */
const phones = [new Phone(part('phone-a'), 'Ann', draw), new Phone(part('phone-b'), 'Ben', draw)]
const inside = new Inside(part('inside'), () => {
  if (silent !== inside.silent) void draw()
  else void tour.look().catch(() => undefined)
})
const programs = new Programs(part('programs'))
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
let lastSeen = ''
/** Whether the service was known to be silent when everything was drawn last. */
let silent = false

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
    // A process that stands still keeps its connection to the bot's updates, and hears nothing all the same.
    silent = state.ops && inside.silent
    if (state.bot && silent) state.bot.listening = false
    part('world').textContent = describe(state)
    lastSeen = clockOf(Date.now())
    const unread = []
    for (const phone of phones) unread.push(await phone.refresh(state))
    shown.label(
      phones.map(({ person }, index) => person?.firstName ?? `Phone ${index + 1}`),
      unread,
    )
    inside.world(state)
    await programs.look(state)
    await faults.refresh()
    await tour.look(state)
  } catch (error) {
    if (error instanceof Away) live(false)
    else console.error(error)
  }
}

/** @param {World} world */
function describe({ bot, clockOffsetMs }) {
  const words = bot ? `@${bot.username} ${bot.listening ? 'listens' : 'is not listening'}` : 'There is no bot yet'
  const ahead = clockOffsetMs ? ` · clock ${spanOf(clockOffsetMs)} ahead` : ''
  return `${words} · nothing here reaches the real Telegram${ahead}`
}

/** @param {boolean} on */
function live(on) {
  const mark = part('live')
  const words = on ? 'Live' : 'The sandbox does not answer; trying again…'
  if (mark.textContent !== words) mark.textContent = words
  mark.classList.toggle('on', on)
  inside.reach(on)
  if (!on && lastSeen) part('world').textContent = `As of ${lastSeen} · nothing here reaches the real Telegram`
}

const clock = /** @type {HTMLFormElement} */ (part('clock'))
clock.addEventListener('submit', async (event) => {
  event.preventDefault()
  const said = find(clock, 'output')
  const toNow = /** @type {HTMLButtonElement | null} */ (event.submitter)?.value === 'now'
  const advanceMs = Number(new FormData(clock).get('advanceMs'))
  try {
    await post('clock', toNow ? { offsetMs: 0 } : { advanceMs })
    said.textContent = toNow ? 'At the real time.' : 'Moved.'
  } catch (error) {
    said.textContent = error instanceof Error ? error.message : String(error)
  }
  await draw()
})

chooseTheme(part('theme'))
helpDialog(part('help'), /** @type {HTMLDialogElement} */ (part('help-dialog')))
watch(() => {
  inside.soon()
  draw()
}, live)
