import { get, post } from './api.js'

/** @import { Phone } from './phone.js' */
/** @import { Message } from './types.js' */

const registersWithinMs = 20_000
const lookEveryMs = 150
/** Who they are said to be when the bot asks; of all others it is not known. @type {Record<string, string>} */
const genders = { Ann: 'gender:female', Ben: 'gender:male' }
const newcomers = ['Cleo', 'Dan', 'Eve', 'Finn', 'Gwen', 'Hal']

/**
 * Makes a person where the phone has none, and answers the bot's questions for them.
 * @param {Phone} phone
 * @throws Error when the bot is not content in time
 */
export async function introduce(phone) {
  const bot = phone.world.bot?.id
  if (phone.person?.blockedBot) await phone.act('block', { bot: false })
  if (!phone.person || phone.person.host) await phone.takeSuggested()
  else await phone.open(bot)
  /** @param {string} text */
  const say = (text) => post(`users/${phone.me}/send`, { chat: bot, text })
  /** @type {() => Promise<Message[]>} */
  const heard = async () =>
    (await get(`users/${phone.me}/messages?chat=${bot}`)).filter((/** @type {Message} */ { from }) => from === bot)
  if ((await heard()).length === 0) await say('/start')
  /** By question the message that was answered last. @type {Map<string, number>} */
  const answered = new Map()
  const until = Date.now() + registersWithinMs
  const name = phone.person?.firstName ?? phone.suggestion
  let quiet = 0
  while (Date.now() < until) {
    const last = (await heard()).at(-1)
    const question = questionIn(last)
    // Between two questions there is a moment without one.
    quiet = last && !question ? quiet + 1 : 0
    if (quiet > 3) return
    if (last && question && answered.get(question) !== last.id) {
      // Asked once more, the bot does not take the name: then it is to find one itself.
      if (question === 'name' && !answered.has(question)) await say(name)
      else await post(`users/${phone.me}/press`, { chat: bot, message: last.id, data: answerTo(question, name, last) })
      answered.set(question, last.id)
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
  throw new Error('The bot did not get to know everybody.')
}

/**
 * Gives the phone to somebody new, whom the bot gets to know.
 * @param {Phone} phone
 */
export async function introduceSomebodyElse(phone) {
  const known = new Set(phone.world.users.map(({ firstName }) => firstName))
  const firstName = newcomers.find((one) => !known.has(one)) ?? `Guest ${known.size}`
  if (await phone.create({ firstName })) await introduce(phone)
}

/** @param {Message | undefined} message */
const keysOf = (message) => (message?.buttons ?? []).flat()

/** @param {Message | undefined} message */
const questionIn = (message) => {
  for (const { data } of keysOf(message)) {
    const about = /^(gender|name)\b/.exec(data ?? '')?.[1]
    if (about) return about
  }
  return undefined
}

/**
 * The button to press under a question.
 * @param {string} question
 * @param {string} name
 * @param {Message} message
 */
const answerTo = (question, name, message) => {
  const keys = keysOf(message).filter(({ data }) => data?.startsWith(question))
  const wanted = genders[name] ?? 'gender:other'
  return (keys.find(({ data }) => data === wanted) ?? keys[0])?.data
}
