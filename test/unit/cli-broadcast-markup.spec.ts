import { expect } from 'chai'
import type { MessageEntity } from 'telegraf/types'
import { fromHtml, toHtml } from '../../src/cli/broadcast-markup.js'

describe('the markup of a broadcast', () => {
  it('becomes a text with entities, as the panel keeps them, and back', () => {
    const html = '🎉 <b>Big <i>news</i></b> &lt;here&gt; &amp; <a href="https://example.org/?a=1&amp;b=2">there</a>'
    const formatted = fromHtml(html)
    expect(formatted).to.deep.equal({
      text: '🎉 Big news <here> & there',
      entities: [
        { type: 'bold', offset: 3, length: 8 },
        { type: 'italic', offset: 7, length: 4 },
        { type: 'text_link', offset: 21, length: 5, url: 'https://example.org/?a=1&b=2' },
      ],
    })
    expect(toHtml(formatted)).to.equal(html)
  })

  it('knows every tag, in any case, and both names of one', () => {
    for (const tag of ['b', 'i', 'u', 's', 'tg-spoiler', 'blockquote', 'code', 'pre'])
      expect(toHtml(fromHtml(`x <${tag.toUpperCase()}>y</${tag}> z`)), tag).to.equal(`x <${tag}>y</${tag}> z`)
    expect(fromHtml('<strong>x</strong>')).to.deep.equal(fromHtml('<b>x</b>'))
    expect(fromHtml('<b></b>fish & chips')).to.deep.equal({ text: 'fish & chips', entities: [] })
  })

  it('loses nothing that the panel takes', () => {
    const user = { id: 7, is_bot: false, first_name: 'Ann' }
    for (const [entity, html] of [
      [{ type: 'custom_emoji', custom_emoji_id: '5' }, '<tg-emoji emoji-id="5">x</tg-emoji>'],
      [{ type: 'text_mention', user }, '<a href="tg://user?id=7">x</a>'],
      [{ type: 'expandable_blockquote' }, '<blockquote expandable>x</blockquote>'],
      [{ type: 'pre', language: 'c"' }, '<pre><code class="language-c&quot;">x</code></pre>'],
      [{ type: 'pre' }, '<pre>x</pre>'],
    ] as const)
      expect(toHtml({ text: 'x', entities: [{ offset: 0, length: 1, ...entity } as MessageEntity] })).to.equal(html)
  })

  it('is escaped also without any markup, and leaves what Telegram finds by itself as it is', () => {
    expect(toHtml({ text: '1 < 2', entities: [] })).to.equal('1 &lt; 2')
    expect(toHtml({ text: 'see @ann', entities: [{ type: 'mention', offset: 4, length: 4 }] })).to.equal('see @ann')
  })

  for (const [html, words] of [
    ['<b>news', /<b> is not closed/],
    ['news</b>', /<\/b> closes nothing/],
    ['<b><i>news</b></i>', /<\/b> stands where <i> is open/],
    ['<font>news</font>', /there is no <font>/],
    ['<b href="https://example.org">x</b>', /there is no <b href/],
    ['<a>x</a>', /there is no <a>/],
    ['<a href="javascript:alert(1)">x</a>', /leads nowhere/],
    ['1 < 2', /a < itself is &lt;/],
  ] as const)
    it(`refuses ${html} in words`, () => expect(() => fromHtml(html)).to.throw(words))
})
