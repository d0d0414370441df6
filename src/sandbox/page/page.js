import { get, post, watch } from './api.js'
import { Phone } from './phone.js'

const phones = [
  new Phone(document.getElementById('phone-a'), 'phone-a', 'Alice'),
  new Phone(document.getElementById('phone-b'), 'phone-b', 'Bob'),
]

let drawing = false
let again = false

/** Draws both phones; a change that comes meanwhile draws once more. */
async function draw() {
  if (drawing) {
    again = true
    return
  }
  drawing = true
  try {
    do {
      again = false
      const state = await get('state')
      document.getElementById('world').textContent = describe(state)
      for (const phone of phones) await phone.refresh(state)
    } while (again)
  } catch {
    live(false)
  } finally {
    drawing = false
  }
}

function describe(state) {
  const groups = state.chats.filter((chat) => chat.type === 'supergroup' && !chat.deleted)
  const hours = Math.round(state.clockOffsetMs / 36_000) / 100
  const ahead = state.clockOffsetMs ? `, clock ${hours} h ahead` : ''
  return `Bot @${state.bot.username}, ${groups.length} groups exist${ahead}`
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
