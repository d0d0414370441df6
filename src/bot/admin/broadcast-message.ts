import type { BroadcastContent } from '../../postgres/broadcasts.js'
import type { OutgoingMessage } from '../../telegram/bot-api.js'
import { paragraphs } from '../notices/notice.js'
import type { Texts } from '../texts/index.js'

/** A broadcast as one person gets it: in words of their language it says how to switch such messages off. */
export const broadcastMessage = (texts: Texts, content: BroadcastContent): OutgoingMessage => ({
  text: paragraphs(content.text, texts.say('broadcast.footer')),
  // What is added stands behind the text, so that its entities stay where they are.
  ...(content.entities === null ? {} : { entities: content.entities }),
  ...(content.photo === null ? {} : { photo: content.photo }),
  ...(content.buttonText === null || content.buttonUrl === null
    ? {}
    : { keyboard: [[{ text: content.buttonText, url: content.buttonUrl }]] }),
})
