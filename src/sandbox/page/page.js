import { get, post, watch } from './api.js'
import { Phone } from './phone.js'

const phones = [
  new Phone(document.getElementById('phone-a'), 'phone-a', 'Alice', draw),
  new Phone(document.getElementById('phone-b'), 'phone-b', 'Bob', draw),
]

let running
let following

/** Draws both phones. While it draws, any number of calls mean one more time; the promise covers that one too. */
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
    const state = await get('state')
    document.getElementById('world').textContent = describe(state)
    for (const phone of phones) await phone.refresh(state)
  } catch {
    live(false)
  }
}

function describe(state) {
  const groups = state.chats.filter((chat) => chat.type === 'supergroup' && !chat.deleted)
  const hours = Math.round(state.clockOffsetMs / 36_000) / 100
  const ahead = state.clockOffsetMs ? `, clock ${hours} h ahead` : ''
  const listening = state.bot.listening ? 'listens' : 'is not listening'
  return `@${state.bot.username} ${listening} · groups: ${groups.length}${ahead}`
}

function live(on) {
  const mark = document.getElementById('live')
  mark.textContent = on ? 'Live' : 'The sandbox does not answer; trying again…'
  mark.classList.toggle('on', on)
}

document.getElementById('advance-go').onclick = async () => {
  await post('clock', { advanceMs: Number(document.getElementById('advance').value) })
  await draw()
}

watch(draw, live)
