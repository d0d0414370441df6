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
      '<tg-spoiler>s</tg-spoiler> <span class="tg-spoiler">t</span><pre><code class="language-ts">x</code></pre>' +
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

  it('finds commands only where they stand alone', () => {
    const commands = (source: string) =>
      format(source, undefined)
        .entities.filter(({ type }) => type === 'bot_command')
        .map(({ offset, length }) => source.slice(offset, offset + length))
    for (const none of [
      'hi <b></b>',
      '1</x>',
      '</x> y',
      'hi >/x',
      '/x<y',
      '/x>',
      '//x',
      '/x/y',
      'ä/x',
      '/xä',
      '/x@ab y',
    ])
      expect(commands(none), none).to.deep.equal([])
    expect(commands('(/one) /two, /three! ./four /five@helper_bot?')).to.deep.equal([
      '/one',
      '/two',
      '/three',
      '/four',
      '/five@helper_bot',
    ])
  })

  it('finds addresses without https, mail, cashtags and telephone numbers', () => {
    const { text, entities } = format(
      'See example.com, t.me/abc?x=1. and sub.example.org/a_b! me@example.com $TON +4915112345678 a.b x.ts 1.5 @name.com',
      undefined,
    )
    expect(entities.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)])).to.deep.equal([
      ['url', 'example.com'],
      ['url', 't.me/abc?x=1'],
      ['url', 'sub.example.org/a_b'],
      ['email', 'me@example.com'],
      ['cashtag', '$TON'],
      ['phone_number', '+4915112345678'],
      ['mention', '@name'],
    ])
  })

  it('finds nothing in code, and lists what it finds where it stands', () => {
    const { entities } = html('#tag <code>/start @name example.com</code> /start')
    expect(entities.map(({ type, offset }) => [type, offset])).to.deep.equal([
      ['hashtag', 0],
      ['code', 5],
      ['bot_command', 30],
    ])
  })

  it('takes links to people for mentions of those whom it knows', () => {
    const ann = { id: 7, is_bot: false, first_name: 'Ann' }
    const known = (id: number) => (id === 7 ? ann : undefined)
    for (const [text, mode] of [
      ['<a href="tg://user?id=7">Ann</a> <a href="tg://user?id=8">Ben</a>', 'HTML'],
      ['[Ann](tg://user?id=7) [Ben](tg://user?id=8)', 'MarkdownV2'],
      ['[Ann](tg://user?id=7) [Ben](tg://user?id=8)', 'Markdown'],
    ] as const)
      expect(format(text, mode, [], known), mode).to.deep.equal({
        text: 'Ann Ben',
        entities: [{ type: 'text_mention', offset: 0, length: 3, user: ann }],
      })
    const given = [{ type: 'text_mention', offset: 0, length: 3, user: { id: 7 } }]
    expect(format('Ann', undefined, given, known).entities).to.deep.equal([{ ...given[0], user: ann }])
    expect(() => format('Ann', undefined, given)).to.throw('Bad Request: user not found')
  })

  it('folds a quotation that ends so, also right after another', () => {
    expect(markdown('>one\n**>two\n>||three||||\nafter').entities).to.deep.equal([
      { type: 'blockquote', offset: 0, length: 3 },
      { type: 'expandable_blockquote', offset: 4, length: 9 },
      { type: 'spoiler', offset: 8, length: 5 },
    ])
  })

  for (const [what, source, entities] of [
    [
      'a quotation in a quotation',
      '<blockquote>a<blockquote>b</blockquote></blockquote>',
      [{ type: 'blockquote', offset: 0, length: 2 }],
    ],
    [
      'what stands in a block',
      '<pre>a<b>b</b><a href="https://example.org">c</a></pre>',
      [{ type: 'pre', offset: 0, length: 3 }],
    ],
    [
      'a style around code',
      '<b>a<code>b</code>c</b>',
      [
        { type: 'bold', offset: 0, length: 1 },
        { type: 'code', offset: 1, length: 1 },
        { type: 'bold', offset: 2, length: 1 },
      ],
    ],
    ['styles that touch', '<b>a</b><b>b</b>', [{ type: 'bold', offset: 0, length: 2 }]],
    [
      'the language of code that is no block',
      '<code class="language-ts">x</code>',
      [{ type: 'code', offset: 0, length: 1 }],
    ],
  ] as const)
    it(`leaves out ${what}`, () => {
      expect(html(source).entities).to.deep.equal(entities)
    })

  for (const [given, reason] of [
    [{ type: 'sparkle', offset: 0, length: 2 }, "can't parse MessageEntity: Unsupported type specified"],
    [{ offset: 0, length: 2 }, 'can\'t parse MessageEntity: Can\'t find field "type"'],
    [{ type: 'bold', length: 2 }, 'can\'t parse MessageEntity: Can\'t find field "offset"'],
    [{ type: 'bold', offset: 'x', length: 2 }, 'can\'t parse MessageEntity: Field "offset" must be a valid Number'],
    [{ type: 'text_link', offset: 0, length: 2 }, 'can\'t parse MessageEntity: Can\'t find field "url"'],
    [{ type: 'text_link', offset: 0, length: 2, url: 'no' }, "entity URL 'no' is invalid: Wrong HTTP URL"],
    ['bold', "can't parse MessageEntity: expected an Object"],
    [{ type: 'bold', offset: -1, length: 2 }, 'receive an entity with incorrect offset -1'],
    [{ type: 'bold', offset: 0, length: -2 }, 'receive an entity with incorrect length -2'],
    [{ type: 'bold', offset: 9, length: 1 }, 'entity begins after the end of the text at UTF-16 offset 9'],
    [
      { type: 'bold', offset: 3, length: 9 },
      'entity beginning at UTF-16 offset 3 ends after the end of the text at UTF-16 offset 12',
    ],
    [{ type: 'bold', offset: 1, length: 2 }, 'entity begins in a middle of a UTF-16 symbol at byte offset'],
  ] as const)
    it(`refuses the entity ${JSON.stringify(given)}`, () => {
      expect(() => format('👋 hello', undefined, [given])).to.throw(`Bad Request: ${reason}`)
    })

  it('takes given entities, except those that it finds itself', () => {
    const given = [
      { type: 'hashtag', offset: 0, length: 2, extra: 'x' },
      { type: 'bold', offset: 3, length: 0 },
      { type: 'pre', offset: 3, length: 5, language: 'ts', extra: 'x' },
    ]
    expect(format('👋 hello', undefined, given).entities).to.deep.equal([
      { type: 'pre', offset: 3, length: 5, language: 'ts' },
    ])
  })
})
