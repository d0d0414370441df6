import { expect } from 'chai'
import { IntlMessageFormat } from 'intl-messageformat'
import { LANGUAGES, languageOf, textsFor } from '../../src/bot/texts/index.js'
import { PARAMETERS } from '../../src/bot/texts/parameters.js'

type Element = ReturnType<IntlMessageFormat['getAst']>[number]
/** As the parser numbers its elements: an argument, a select, a plural. */
const ARGUMENT = 1
const SELECT = 5
const PLURAL = 6

const collect = (elements: readonly Element[], found: Record<string, string> = {}): Record<string, string> => {
  for (const element of elements) {
    const { type } = element as { type: number }
    if (type === 0 || type === 7) continue
    const { value } = element as { value: string }
    if (type === ARGUMENT) found[value] ??= 'any'
    else if (type === SELECT) found[value] = 'text'
    else if (type === PLURAL) found[value] = 'number'
    else throw new Error(`element of type ${type} is not expected in a text`)
    if ('options' in element) for (const option of Object.values(element.options)) collect(option.value, found)
  }
  return found
}

const pluralCategories = (elements: readonly Element[], found: string[][] = []): string[][] => {
  for (const element of elements) {
    if (!('options' in element)) continue
    if ((element as { type: number }).type === PLURAL)
      found.push(Object.keys(element.options).filter((option) => !option.startsWith('=')))
    for (const option of Object.values(element.options)) pluralCategories(option.value, found)
  }
  return found
}

describe('texts', () => {
  for (const [language, messages] of Object.entries(LANGUAGES)) {
    const ast = (message: string) => new IntlMessageFormat(message, language, undefined, { ignoreTag: true }).getAst()

    it(`has every text in ${language}, and no other`, () => {
      expect(Object.keys(messages).sort()).to.deep.equal(Object.keys(PARAMETERS).sort())
    })

    it(`uses exactly the declared parameters in ${language}`, () => {
      for (const [key, message] of Object.entries(messages)) {
        const declared: Record<string, string> = PARAMETERS[key as keyof typeof PARAMETERS]
        const used = collect(ast(message))
        expect(Object.keys(used).sort(), key).to.deep.equal(Object.keys(declared).sort())
        for (const [name, type] of Object.entries(used)) if (type !== 'any') expect(type, key).to.equal(declared[name])
      }
    })

    it(`covers every plural form of ${language}`, () => {
      const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories
      for (const [key, message] of Object.entries(messages))
        for (const categories of pluralCategories(ast(message))) expect(categories, key).to.have.members([...needed])
    })

    it(`fits Telegram's limits in ${language}`, () => {
      for (const [key, message] of Object.entries(messages)) {
        expect(message.trim(), key).to.equal(message).and.not.equal('')
        if (key.startsWith('button.')) expect(message.length, key).to.be.at.most(32)
        if (key.startsWith('command.')) expect(message.length, key).to.be.within(3, 256)
      }
      expect(messages['about.short'].length).to.be.at.most(120)
      expect(messages['about.long'].length).to.be.at.most(512)
    })
  }

  it('chooses the language by what Telegram says of the person', () => {
    for (const code of ['ru', 'ru-RU', 'RU']) expect(languageOf(code), code).to.equal('ru')
    for (const code of ['en', 'de', 'uk', 'run', '', null, undefined]) expect(languageOf(code)).to.equal('en')
  })

  it('says durations in words', () => {
    const cases: [number, string, string][] = [
      [1, '1 second', '1 секунда'],
      [20_000, '20 seconds', '20 секунд'],
      [59_990, '1 minute', '1 минута'],
      [62_000, '1 minute', '1 минута'],
      [90_000, '1 minute', '1 минута'],
      [179_400, '3 minutes', '3 минуты'],
      [150_000, '2 minutes', '2 минуты'],
      [1_800_000, '30 minutes', '30 минут'],
      [3_600_000, '1 hour', '1 час'],
      [5_400_000, '90 minutes', '90 минут'],
      [86_400_000, '1 day', '1 день'],
      [90 * 86_400_000, '90 days', '90 дней'],
    ]
    for (const [ms, en, ru] of cases) {
      expect(textsFor('en').duration(ms)).to.equal(en)
      expect(textsFor('ru').duration(ms)).to.equal(ru)
    }
  })

  it('rounds up what has to pass first', () => {
    const said = [40_000, 61_000, 84_000, 150_000, 5_400_000, 3 * 3_600_000].map((ms) => textsFor('en').pause(ms))
    expect(said).to.deep.equal(['40 seconds', '1 minute', '2 minutes', '3 minutes', '90 minutes', '3 hours'])
  })

  it('speaks correct Russian about numbers of people', () => {
    const say = (others: number) => textsFor('ru').say('searching', { others })
    expect(say(0)).to.contain('больше никого нет')
    expect(say(1)).to.contain('Ждёт ещё 1 человек.')
    expect(say(3)).to.contain('Ждут ещё 3 человека.')
    expect(say(11)).to.contain('Ждут ещё 11 человек.')
    expect(say(21)).to.contain('Ждёт ещё 21 человек.')
  })

  it('takes what people typed as it is', () => {
    const nickname = "<b>{x}</b> '{' # "
    expect(textsFor('en').say('registered', { nickname })).to.contain(`meet you, ${nickname}!`)
  })
})
