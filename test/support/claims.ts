import { LANGUAGES, type TextKey } from '../../src/bot/texts/index.js'
import type { Claim } from './oracle.js'

/** What the bot's texts say about the person who reads them; the others say nothing of the kind. */
const CLAIMS: Partial<Record<TextKey, Claim>> = {
  searching: 'searching',
  'searching.first': 'searching',
  'searching.already': 'searching',
  'still_there.ask': 'searching',
  'search.goes_on': 'searching',
  'not_understood.waiting': 'searching',
  found: 'in_room',
  invitation: 'in_room',
  'invitation.again': 'in_room',
  entered: 'in_room',
  'partner.entered': 'in_room',
  'room.open': 'in_room',
  'room.full_up': 'in_room',
  'not_understood.room': 'in_room',
  stopped: 'idle',
  'stop.nothing': 'idle',
  'search.ended': 'idle',
  'not_understood.idle': 'idle',
  cooldown: 'idle',
  banned: 'idle',
  'banned.for': 'idle',
}

/** A text up to its first parameter, which is enough to know it by. */
const opening = (text: string): string => text.split('{')[0] ?? ''

/** For I8: the claim of a text as it stands on a screen. A room that ended leaves the reader idle, unless it says more. */
export const claimOf = (text: string): Claim | undefined => {
  for (const language of Object.values(LANGUAGES)) {
    for (const [key, claim] of Object.entries(CLAIMS) as [TextKey, Claim][])
      if (text.startsWith(opening(language[key]))) return claim
    const closed = (Object.keys(language) as TextKey[]).filter((key) => /^closed\.(?!searching)/.test(key))
    if (closed.some((key) => text.startsWith(opening(language[key]))))
      return text.includes(opening(language['closed.searching'])) ? 'searching' : 'idle'
  }
  return undefined
}
