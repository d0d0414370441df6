import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import { barriersOn } from '../support/axe.js'
import { complaintsOf, findChromium, noChromium, startChromium } from '../support/chromium.js'
import { phoneOn, shows } from '../support/page-stage.js'
import { until } from '../support/until.js'

/** The page of `npm run sandbox`: no service, but perhaps a bot of somebody's own. */
describe('the page of the sandbox alone', function () {
  this.timeout(60_000)
  let sandbox: Sandbox
  let browser: Browser
  let page: Page
  let complaints: string[]

  before(async function () {
    const executable = findChromium()
    if (executable === undefined) {
      console.log(`    ${noChromium}`)
      return this.skip()
    }
    browser = await startChromium(executable)
  })
  beforeEach(async () => {
    sandbox = await startSandbox({})
    sandbox.world.users.addBot('Mine', 'my_bot')
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'], locale: 'en-GB' })
    page = await context.newPage()
    complaints = complaintsOf(page)
    await page.goto(`${sandbox.http}/`)
    await shows(page.locator('#live'), 'Live')
  })
  afterEach(async () => {
    await page.context().close()
    await sandbox.close()
    expect(complaints).to.deep.equal([])
  })
  after(() => browser?.close())

  it('tells and copies what points a program at it', async () => {
    const programs = page.locator('#programs')
    const token = sandbox.world.users.bots()[0]?.bot?.token ?? ''
    for (const text of [sandbox.http, token, sandbox.mtproto, '12345', 'Nobody listens yet'])
      await shows(programs, text)
    const copied = () => page.evaluate<string>('navigator.clipboard.readText()')
    await programs.getByRole('button', { name: /Bot token/ }).click()
    await shows(programs.getByRole('button', { name: /Bot token/ }), 'Copied')
    expect(await copied()).to.equal(token)
    await programs.getByText('A bot with Telegraf', { exact: true }).click()
    await programs.getByRole('button', { name: /A bot with Telegraf/ }).click()
    await shows(programs.getByRole('button', { name: /A bot with Telegraf/ }), 'Copied')
    expect(await copied()).to.include(`new Telegraf('${token}'`)
    expect(await page.locator('#inside').isVisible()).to.equal(false)
    expect(await barriersOn(page)).to.deep.equal([])
  })

  it('offers Start until it was pressed, also where the bot is silent', async () => {
    const ann = phoneOn(page, 'phone-a')
    await ann.giveToNew('Ann')
    await shows(ann.place.locator('.sub'), 'bot, not running')
    await ann.chip('Start').click()
    await shows(ann.log, '/start')
    await ann.chip('Start').waitFor({ state: 'hidden' })
  })

  it('dims an invitation that lets nobody in any more, and says so', async () => {
    const { world } = sandbox
    const bot = world.users.bots()[0]
    const host = world.users.add({ firstName: 'Host', phone: '15550100' })
    const chat = world.chats.create(host.id, { title: 'Room' })
    const link = world.invites.link(world.invites.export(chat.id, host.id))
    const ann = phoneOn(page, 'phone-a')
    await ann.giveToNew('Ann')
    await ann.chip('Start').click()
    const reader = [...world.users.byId.values()].find(({ firstName }) => firstName === 'Ann')
    world.dialogs.reply(reader?.id ?? 0, bot?.id ?? 0, {
      text: 'Come',
      markup: { inline_keyboard: [[{ text: 'Enter', url: link }]] },
    })
    await ann.enterKey().waitFor()
    expect(await ann.enterKey().getAttribute('class')).not.to.include('ended')
    world.chats.delete(chat.id, host.id)
    await shows(ann.enterKey(), 'this invitation has ended')
  })

  it('forwards what was said last', async () => {
    const { world } = sandbox
    const host = world.users.add({ firstName: 'Host', phone: '15550100' })
    const chat = world.chats.create(host.id, { title: 'Room' })
    const ann = phoneOn(page, 'phone-a')
    await ann.giveToNew('Ann')
    await ann.write('Do you know this?')
    await shows(ann.log, 'Do you know this?')
    const person = [...world.users.byId.values()].find(({ firstName }) => firstName === 'Ann')
    world.members.add(chat.id, host.id, person?.id ?? 0)
    await shows(ann.place.locator('.top h2'), 'Room')
    await ann.place.getByRole('button', { name: /Back to the chats/ }).click()
    await ann.place.locator('.chat', { hasText: 'Do you know this?' }).click()
    await ann.choose('Forward the last message to Room')
    await shows(ann.place.locator('.top h2'), 'Room')
    await shows(ann.log, /Forwarded from Ann.*Do you know this\?/s)
  })

  it('shows the days by Telegram’s clock', async () => {
    const ann = phoneOn(page, 'phone-a')
    await ann.giveToNew('Ann')
    await ann.write('today')
    await shows(ann.log, 'today')
    await page.getByLabel('How far').selectOption('86400000')
    await page.getByRole('button', { name: 'Move forward' }).click()
    await shows(page.locator('#world'), 'clock 1 d 0 h ahead')
    await ann.write('tomorrow')
    await shows(ann.log, 'tomorrow')
    expect(await ann.log.locator('.service').count()).to.equal(2)
    await page.getByRole('button', { name: 'Back to now' }).click()
    await until(
      'the clock is the real one',
      async () => !/clock/.test((await page.locator('#world').textContent()) ?? ''),
    )
  })
})
