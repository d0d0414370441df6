/** @import { Guest } from './tour-guest.js' */

/**
 * What is to be done next, and with what. `unsure`: it may look so only because one thing happens after the other;
 * `instead`: in whose place somebody else may go on.
 * @typedef {object} Step
 * @property {number} at
 * @property {string} title
 * @property {string} words
 * @property {HTMLElement | undefined} [target]
 * @property {boolean} [unsure]
 * @property {Guest} [instead]
 */

export const stepCount = 5

/**
 * What two people have to do who are in no room together yet.
 * @param {Guest} ann
 * @param {Guest} ben
 * @returns {Step}
 */
export function searching(ann, ben) {
  const astray = [ann, ben].find(({ place }) => place !== undefined)
  if (astray)
    return {
      at: 1,
      unsure: true,
      title: `${astray.name} has met somebody else`,
      words: 'Somebody else searched too. Let them leave that room: press Stop, or write /stop.',
      target: astray.chip('stop') ?? astray.line,
    }
  const refused = [ann, ben].find((one) => one.refused)
  if (!ann.waits && !ben.waits)
    return refused
      ? refusal(refused, 1)
      : {
          at: 1,
          title: `Press Find as ${ann.name}`,
          words: 'This asks the bot for somebody to talk to, and begins to wait.',
          target: ann.chip('find') ?? ann.line,
        }
  const next = ann.waits ? ben : ann
  if (next.refused) return refusal(next, 2)
  return {
    at: 2,
    unsure: next.waits,
    title: next.waits ? 'Both search' : `Now press Find as ${next.name}`,
    words: next.waits
      ? 'In a moment they are a pair. Those who have just parted wait a little longer for each other.'
      : 'Once both search, they become a pair: in one step, with a group that was made ahead.',
    target: next.waits ? undefined : (next.chip('find') ?? next.line),
  }
}

/**
 * Somebody has to wait before they may search again: the bot has told for how long.
 * @param {Guest} one
 * @param {number} at
 * @returns {Step}
 */
const refusal = (one, at) => ({
  at,
  title: `${one.name} cannot search now`,
  words: `The bot says: “${one.words.split('\n')[0]}” Press Find again when that is over, or give the phone to somebody else.`,
  target: one.chip('find') ?? one.line,
  instead: one,
})

/**
 * What two people have to do who have a room.
 * @param {Guest} ann
 * @param {Guest} ben
 * @param {number} room
 * @returns {Step}
 */
export function together(ann, ben, room) {
  if (!ann.inside || !ben.inside)
    return {
      at: 3,
      title: 'Let both enter the room',
      words: 'Both have the same link, and it only asks to be let in: whoever else follows it is turned away.',
      target: (ann.inside ? ben : ann).invitationKey,
    }
  if (!ann.wroteIn.has(room) && !ben.wroteIn.has(room))
    return {
      at: 4,
      title: 'Write something',
      words: `A private group, only the two of them. It stays open as long as they write.${wayIn(ann, room)}`,
      target: ann.wayTo(room) ?? ann.line,
    }
  return {
    at: 5,
    title: 'One of them leaves',
    words: `Choose “Leave the group” in the ⋮ menu, or write /stop. The group disappears for both, with all that was said.${wayIn(ben, room)}`,
    target: ben.wayTo(room) ?? ben.more,
  }
}

/**
 * Where to find the group, when the one who is pointed at looks at something else.
 * @param {Guest} one
 * @param {number} room
 */
const wayIn = (one, room) => (one.wayTo(room) ? ` ${one.name} finds the group among the chats.` : '')
