import type { Button } from '../telegram/bot-api.js'
import type { Texts } from './texts/index.js'

/**
 * What a button says when it is pressed: a short word and nothing else. Whom it concerns and whether that person may is
 * looked up at each press, so that forged or ancient buttons can do no harm.
 */
export const ACTIONS = [
  'find',
  'next',
  'stop',
  'subscribed',
  'gender:female',
  'gender:male',
  'gender:other',
  'name:auto',
  'edit:gender',
  'edit:name',
  'mailings:on',
  'mailings:off',
  'admin',
] as const
export type Action = (typeof ACTIONS)[number]

export const isAction = (data: string): data is Action => ACTIONS.some((action) => action === data)

const LABELS = {
  find: 'button.find',
  next: 'button.next',
  stop: 'button.stop',
  subscribed: 'button.subscribed',
  'gender:female': 'button.female',
  'gender:male': 'button.male',
  'gender:other': 'button.other',
  'name:auto': 'button.give_name',
  'edit:gender': 'button.edit_gender',
  'edit:name': 'button.edit_name',
  'mailings:on': 'button.mailings_on',
  'mailings:off': 'button.mailings_off',
  admin: 'button.refresh',
} as const satisfies Record<Action, string>

/** A button with its usual label. */
export const button = (texts: Texts, data: Action): Button => ({ text: texts.say(LABELS[data]), data })
