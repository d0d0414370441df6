import { expect } from 'chai'
import { barriersOn } from '../support/axe.js'
import { shows, useAlonePage, type AlonePage } from '../support/page-stage.js'
import { until } from '../support/until.js'

/** The page where there is much to go through by keyboard. */
describe('the sandbox page by keyboard among many', function () {
  this.timeout(60_000)
  let { world, page, ann } = {} as AlonePage

  useAlonePage((opened) => ({ world, page, ann } = opened))

  const focused = () => page.evaluate<string>('document.activeElement.textContent || document.activeElement.ariaLabel')
  const bot = () => world.users.bots()[0]?.id ?? 0
  const reader = () => [...world.users.byId.values()].findLast(({ firstName }) => firstName === 'Ann')?.id ?? 0
  const ask = (text: string) =>
    world.dialogs.reply(reader(), bot(), {
      text,
      markup: { inline_keyboard: [['Yes', 'No'].map((word) => ({ text: `${word}, ${text}`, callback_data: word }))] },
    })

  it('has one stop in all messages of a chat, at first what the newest asks', async () => {
    await ann.giveToNew('Ann')
    await ann.write('Hello')
    for (let n = 1; n <= 12; n++) ask(`question ${n}, see https://example.org/ or /help`)
    await shows(ann.log, 'No, question 12')
    const stops: string[] = []
    await ann.place.getByRole('button', { name: 'More' }).focus()
    for (let pressed = 0; pressed < 30; pressed++) {
      await page.keyboard.press('Tab')
      stops.push(await focused())
      if (stops.at(-1) === 'Message') break
    }
    expect(stops).to.have.lengthOf.at.most(5)
    expect(stops[1]).to.match(/^Yes, question 12/)
    expect(await barriersOn(page)).to.deep.equal([])

    await ann.log.focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowRight')
    expect(await focused()).to.match(/^No, question 12/)
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    expect(await focused()).to.include('Forward')
    await page.keyboard.press('ArrowUp')
    expect(await focused()).to.equal('/help')
    await page.keyboard.press('ArrowUp')
    expect(await focused()).to.equal('https://example.org/')
    await page.keyboard.press('ArrowUp')
    expect(await focused()).to.match(/^No, question 11/)
    ask('question 13')
    await shows(ann.log, 'No, question 13')
    expect(await focused(), 'news take nobody away').to.match(/^No, question 11/)
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Tab')
    expect(await focused(), 'it is where it was').to.match(/^No, question 11/)
    await ann.log.focus()
    ask('question 14')
    await shows(ann.log, 'No, question 14')
    await page.keyboard.press('Tab')
    expect(await focused(), 'what is new comes first').to.equal('Yes, question 14')
  })

  it('goes from the search for somebody to whom it found', async () => {
    for (let n = 1; n <= 150; n++) world.users.add({ firstName: `Guest ${n}` })
    await ann.place.locator('.person').click()
    const line = page.getByRole('searchbox', { name: 'Find somebody' }).first()
    const rows = ann.place.locator('.people .row')
    await shows(rows, 'Guest 150')
    await line.fill('guest 14')
    await until('those are found', async () => (await rows.count()) === 11)
    await page.keyboard.press('ArrowDown')
    expect(await focused()).to.include('Guest 14')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).to.include('Guest 140')
    await line.fill('149')
    await page.keyboard.press('Enter')
    await shows(ann.place.locator('.person'), 'Guest 149')
    await ann.log.waitFor()
  })
})
