import { expect } from 'chai'
import { paintPhoto } from '../../src/sandbox/world/painted-photo.js'
import { barriersOn } from '../support/axe.js'
import { shows, useAlonePage, type AlonePage } from '../support/page-stage.js'
import { until } from '../support/until.js'

/** The page of `npm run sandbox`: no service, but perhaps a bot of somebody's own. */
describe('the page of the sandbox alone', function () {
  this.timeout(60_000)
  let { sandbox, world, page, ann } = {} as AlonePage

  useAlonePage((opened) => ({ sandbox, world, page, ann } = opened), {
    permissions: ['clipboard-read', 'clipboard-write'],
  })

  it('tells and copies what points a program at it', async () => {
    const programs = page.locator('#programs')
    const token = world.users.bots()[0]?.bot?.token ?? ''
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
    await ann.giveToNew('Ann')
    await shows(ann.place.locator('.sub'), 'bot, not running')
    await ann.chip('Start').click()
    await shows(ann.log, '/start')
    await ann.chip('Start').waitFor({ state: 'hidden' })
  })

  it('dims an invitation that lets nobody in any more, and says so', async () => {
    const bot = world.users.bots()[0]
    const host = world.users.add({ firstName: 'Host', phone: '15550100' })
    const chat = world.chats.create(host.id, { title: 'Room' })
    const link = world.invites.link(world.invites.export(chat.id, host.id))
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

  it('shows photos that are files', async () => {
    await ann.giveToNew('Ann')
    await ann.chip('Start').click()
    await shows(ann.log, '/start')
    const reader = [...world.users.byId.values()].findLast(({ firstName }) => firstName === 'Ann')
    const photo = world.photos.add(paintPhoto('ab12cd', 400, 300))
    world.dialogs.reply(reader?.id ?? 0, world.users.bots()[0]?.id ?? 0, { text: 'Look', photo })
    const image = ann.log.getByRole('img', { name: 'Photo' })
    const widthOf = () => image.evaluate((shown) => (shown as unknown as { naturalWidth: number }).naturalWidth)
    await until('it is loaded', async () => (await widthOf()) === 400)
    expect((await image.boundingBox())?.width).to.be.greaterThan(150)
  })

  it('shows the days by Telegram’s clock', async () => {
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
