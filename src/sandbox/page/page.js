import { get, post, watch } from './api.js'
import { Faults } from './faults.js'
import { Phone } from './phone.js'
import { chooseTheme, helpDialog, tabs } from './shell.js'
import { Inside } from './system.js'
import { Tour } from './tour.js'

const part = (id) => document.getElementById(id)

const phones = [new Phone(part('phone-a'), 'Ann', draw), new Phone(part('phone-b'), 'Ben', draw)]
const inside = new Inside(part('inside'))
const faults = new Faults(part('faults'), phones)
const tour = new Tour(part('tour'), part('tour-again'), phones, draw)
const shown = tabs([
  { tab: part('tab-a'), panel: part('phone-a'), focus: () => phones[0].focus() },
  { tab: part('tab-b'), panel: part('phone-b'), focus: () => phones[1].focus() },
  { tab: part('tab-s'), panel: part('system'), focus: () => part('system').querySelector('button').focus() },
])

let running
let following

/** Draws everything. While it draws, any number of calls mean one more time; the promise covers that one too. */
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
    const state = { ...(await get('state')), fetchedAt }
    part('world').textContent = describe(state)
    const unread = []
    for (const phone of phones) unread.push(await phone.refresh(state))
    shown.label(
      phones.map(({ person }) => person?.firstName ?? 'Nobody'),
      unread,
    )
    inside.world(state)
    await faults.refresh(state)
    tour.look(state)
  } catch (error) {
    live(false)
    console.error(error)
  }
}

function describe({ bot, clockOffsetMs }) {
  const words = bot ? `@${bot.username} ${bot.listening ? 'listens' : 'is not listening'}` : 'There is no bot yet'
  const hours = Math.round(clockOffsetMs / 36_000) / 100
  return `${words} · nothing here reaches the real Telegram${clockOffsetMs ? ` · clock ${hours} h ahead` : ''}`
}

function live(on) {
  const mark = part('live')
  const words = on ? 'Live' : 'The sandbox does not answer; trying again…'
  if (mark.textContent !== words) mark.textContent = words
  mark.classList.toggle('on', on)
}

part('clock').onsubmit = async (event) => {
  event.preventDefault()
  const form = event.target
  await post('clock', { advanceMs: Number(new FormData(form).get('advanceMs')) })
  form.querySelector('output').textContent = 'Moved.'
  await draw()
}

chooseTheme(part('theme'))
helpDialog(part('help'), part('help-dialog'))
watch(() => {
  inside.soon()
  draw()
}, live)
