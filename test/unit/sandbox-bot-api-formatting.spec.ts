import { expect } from 'chai'
import { format } from '../../src/sandbox/bot-api/formatting/format.js'

const html = (text: string) => format(text, 'HTML')
const markdown = (text: string) => format(text, 'MarkdownV2')

describe('Formatting as the Bot API reads it', () => {
  it('reads HTML into entities that count UTF-16 units', () => {
    expect(
      html('👋 <b>bold <i>both</i></b> &lt;a&amp;b&gt; <a href="https://example.org/?a=1&amp;b=2">here</a>'),
    ).to.deep.equal({
      text: '👋 bold both <a&b> here',
      entities: [
        { type: 'bold', offset: 3, length: 9 },
        { type: 'italic', offset: 8, length: 4 },
        { type: 'text_link', offset: 19, length: 4, url: 'https://example.org/?a=1&b=2' },
      ],
    })
  })

  it('reads the less common tags', () => {
    const source =
      '<tg-spoiler>s</tg-spoiler><span class="tg-spoiler">t</span><pre><code class="language-ts">x</code></pre>' +
      '<blockquote expandable>q</blockquote><del>d</del><code>c</code>'
    expect(html(source).entities.map(({ type, language }) => (language ? `${type} ${language}` : type))).to.deep.equal([
      'spoiler',
      'spoiler',
      'pre ts',
      'expandable_blockquote',
      'strikethrough',
      'code',
    ])
  })

  for (const [source, reason] of [
    ['<x>', 'Unsupported start tag "x" at byte offset 0'],
    ['é<br>', 'Unsupported start tag "br" at byte offset 2'],
    ['<b>open', 'Can\'t find end tag corresponding to start tag "b"'],
    ['<b><i>x</b></i>', 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'],
    ['x</b>', 'Unexpected end tag at byte offset 1'],
    ['a < b', 'Unsupported start tag "" at byte offset 2'],
    ['a <b', 'Unclosed start tag at byte offset 2'],
  ] as const) {
    it(`refuses the HTML ${JSON.stringify(source)} in Telegram's words`, () => {
      expect(() => html(source)).to.throw(`Bad Request: can't parse entities: ${reason}`)
    })
  }

  it('reads MarkdownV2 into entities', () => {
    expect(markdown('*bold _both_* ~s~ ||p|| __u__ `a\\`*b` [l\\]k](https://example\\.org/\\)) \\*')).to.deep.equal({
      text: 'bold both s p u a`*b l]k *',
      entities: [
        { type: 'bold', offset: 0, length: 9 },
        { type: 'italic', offset: 5, length: 4 },
        { type: 'strikethrough', offset: 10, length: 1 },
        { type: 'spoiler', offset: 12, length: 1 },
        { type: 'underline', offset: 14, length: 1 },
        { type: 'code', offset: 16, length: 4 },
        { type: 'text_link', offset: 21, length: 3, url: 'https://example.org/)' },
      ],
    })
  })

  it('reads blocks of code and quotations in MarkdownV2', () => {
    expect(markdown('>one\n>two\nafter\n```ts\nlet x = 1.5\n```')).to.deep.equal({
      text: 'one\ntwo\nafter\nlet x = 1.5',
      entities: [
        { type: 'blockquote', offset: 0, length: 7 },
        { type: 'pre', offset: 14, length: 11, language: 'ts' },
      ],
    })
  })

  for (const [source, reason] of [
    ['Hello!', "Character '!' is reserved and must be escaped with the preceding '\\'"],
    ['a.b', "Character '.' is reserved and must be escaped with the preceding '\\'"],
    ['a *b', "Can't find end of Bold entity at byte offset 2"],
    ['é [x](https://e', "Can't find end of a URL at byte offset 7"],
    ['```\nx', "Can't find end of Pre entity at byte offset 0"],
  ] as const) {
    it(`refuses the MarkdownV2 ${JSON.stringify(source)} in Telegram's words`, () => {
      expect(() => markdown(source)).to.throw(`Bad Request: can't parse entities: ${reason}`)
    })
  }

  it('reads the legacy Markdown', () => {
    expect(format('*b* _i_ [l](https://example.org) \\_', 'Markdown')).to.deep.equal({
      text: 'b i l _',
      entities: [
        { type: 'bold', offset: 0, length: 1 },
        { type: 'italic', offset: 2, length: 1 },
        { type: 'text_link', offset: 4, length: 1, url: 'https://example.org' },
      ],
    })
    expect(() => format('a_b', 'markdown')).to.throw("Can't find end of the entity starting at byte offset 1")
  })

  it('refuses an unknown parse mode', () => {
    expect(() => format('x', 'BBCode')).to.throw('Bad Request: unsupported parse_mode')
  })

  it('finds commands, links, names and tags without markup, and trims', () => {
    const { text, entities } = format('  /start@helper_bot see https://example.org/x. @somebody #tag  ', undefined)
    expect(text).to.equal('/start@helper_bot see https://example.org/x. @somebody #tag')
    expect(entities.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)])).to.deep.equal([
      ['bot_command', '/start@helper_bot'],
      ['url', 'https://example.org/x'],
      ['mention', '@somebody'],
      ['hashtag', '#tag'],
    ])
  })
})
