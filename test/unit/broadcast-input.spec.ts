import { expect } from 'chai'
import type { Message } from 'telegraf/types'
import { buttonIn, contentIn } from '../../src/bot/admin/broadcast-input.js'
import { broadcastMessage } from '../../src/bot/admin/broadcast-message.js'
import { textsFor } from '../../src/bot/texts/index.js'

const message = (content: object): Message =>
  ({ message_id: 1, date: 1, chat: { id: 1, type: 'private' }, ...content }) as Message
const bold = [{ type: 'bold' as const, offset: 0, length: 4 }]
const photo = [
  { file_id: 'small', file_unique_id: 's', width: 90, height: 90 },
  { file_id: 'large', file_unique_id: 'l', width: 900, height: 900 },
]

describe('what an administrator writes as a broadcast', () => {
  it('is a text with its entities, or the largest size of a photo with its caption', () => {
    expect(contentIn(message({ text: 'News', entities: bold }))).to.deep.equal({
      text: 'News',
      photo: null,
      entities: bold,
    })
    expect(contentIn(message({ photo, caption: 'News', caption_entities: bold }))).to.deep.equal({
      text: 'News',
      photo: 'large',
      entities: bold,
    })
    expect(contentIn(message({ photo }))).to.deep.equal({ text: '', photo: 'large', entities: null })
  })

  it('must be short enough for the line that is added, and nothing else than that', () => {
    const fits = {
      text: contentIn(message({ text: 'x'.repeat(3_936) })),
      caption: contentIn(message({ photo, caption: 'x'.repeat(864) })),
    }
    for (const language of ['en', 'ru'])
      for (const [kind, content] of Object.entries(fits)) {
        if (!content) throw new Error(`${kind} was refused`)
        const { text } = broadcastMessage(textsFor(language), { ...content, buttonText: null, buttonUrl: null })
        expect(text.length).to.be.at.most(kind === 'text' ? 4_096 : 1_024)
        expect(text).to.include('/profile')
      }
    expect(contentIn(message({ text: 'x'.repeat(3_937) }))).to.equal(undefined)
    expect(contentIn(message({ photo, caption: 'x'.repeat(865) }))).to.equal(undefined)
    expect(contentIn(message({ sticker: {} }))).to.equal(undefined)
  })

  it('has a button only when it is words and an address', () => {
    expect(buttonIn(message({ text: 'Read on | https://example.org/a?b=c' }))).to.deep.equal({
      buttonText: 'Read on',
      buttonUrl: 'https://example.org/a?b=c',
    })
    for (const text of ['Read on', 'Read on | example.org', '| https://example.org', 'Read | javascript:alert(1)'])
      expect(buttonIn(message({ text })), text).to.equal(undefined)
  })
})
