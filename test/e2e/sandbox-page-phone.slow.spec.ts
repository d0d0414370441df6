import { expect } from 'chai'
import { paintPhoto } from '../../src/sandbox/world/painted-photo.js'
import { barriersOn } from '../support/axe.js'
import { shows, useAlonePage, type AlonePage } from '../support/page-stage.js'
import { until } from '../support/until.js'

/** What a phone of the page does, where no service has a hand in it. */
describe('a phone of the sandbox page', function () {
  this.timeout(60_000)
  let { sandbox, world, page, ann, ben } = {} as AlonePage

  useAlonePage((opened) => ({ sandbox, world, page, ann, ben } = opened))

  const people = () => ann.place.locator('.people .row')
  const message = (text: string) => ann.log.getByRole('listitem').filter({ hasText: text })
  const bot = () => world.users.bots()[0]?.id ?? 0
  const idOf = (name: string) =>
    [...world.users.byId.values()].find(({ firstName }) => firstName === name)?.id ?? expect.fail(name)
  const groupWith = (name: string) => {
    const host = world.users.add({ firstName: 'Host', phone: '15550100' })
    const chat = world.chats.create(host.id, { title: 'Room' })
    world.members.add(chat.id, host.id, idOf(name))
    return chat
  }
  /** Holds what the page asks for back until it is told to let go. */
  const holdBack = async (pattern: string) => {
    let asked = false
    let release = () => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    await page.route(pattern, async (route) => {
      asked = true
      await released
      await route.continue()
    })
    return { asked: () => asked, release }
  }

  it('shows in the open sheet of people who has come since it was opened', async () => {
    world.users.add({ firstName: 'Dora' })
    const states = await holdBack('**/sandbox/state')
    await page.reload()
    await until('the page asks for the world', states.asked)
    await ann.place.locator('.person').click()
    await ann.place.locator('.people').waitFor()
    expect(await people().count()).to.equal(0)
    states.release()
    await shows(people(), 'Dora')
    await until('she has the focus', () => page.evaluate(`document.activeElement.textContent.includes('Dora')`))
    world.users.add({ firstName: 'Emil' })
    await people().filter({ hasText: 'Emil' }).click()
    await shows(ann.place.locator('.person'), 'Emil')
  })

  it('keeps to what is searched while others come', async () => {
    for (let n = 1; n <= 20; n++) world.users.add({ firstName: `Guest ${n}` })
    await shows(page.locator('#live'), 'Live')
    await ann.place.locator('.person').click()
    await page.getByRole('searchbox', { name: 'Find somebody' }).first().fill('guest 1')
    const names = async () => (await people().locator('.title').allTextContents()).join()
    await until(
      'only those are left',
      async () => (await names()).startsWith('Guest 1,Guest 10') && !/ 2/.test(await names()),
    )
    world.users.add({ firstName: 'Guest 2000' })
    world.users.add({ firstName: 'Guest 1000' })
    await shows(people(), 'Guest 1000')
    expect(await names()).not.to.include('Guest 2')
    await page.getByRole('searchbox', { name: 'Find somebody' }).first().fill('nobody')
    await shows(ann.place.locator('.people'), 'Nobody is called like that')
  })

  it('jumps to what was said even when the answer lands in the same look', async () => {
    await ann.giveToNew('Ann')
    for (let n = 1; n <= 40; n++) world.dialogs.write(idOf('Ann'), bot(), { text: `line ${n}` })
    await shows(ann.log, 'line 40')
    const fromEnd = () =>
      page.evaluate<number>(`(() => {
        const { scrollHeight, scrollTop, clientHeight } = document.querySelector('#phone-a .log')
        return scrollHeight - scrollTop - clientHeight
      })()`)
    await page.evaluate(`document.querySelector('#phone-a .log').scrollTo(0, 0)`)
    await ann.place.getByRole('button', { name: 'To the newest' }).waitFor()
    world.dialogs.reply(idOf('Ann'), bot(), { text: 'unasked' })
    await shows(ann.log, 'unasked')
    await shows(ann.place.locator('.to-end'), '1')
    expect(await fromEnd(), 'what others say lets one read on').to.be.greaterThan(400)
    const looks = await holdBack('**/messages?chat=*')
    await ann.write('a question')
    await until(
      'the question is there',
      () => world.dialogs.find(idOf('Ann'), bot())?.messages.at(-1)?.text === 'a question',
    )
    world.dialogs.reply(idOf('Ann'), bot(), { text: 'the answer' })
    await until('the phone looks', looks.asked)
    looks.release()
    await shows(ann.log, 'the answer')
    await until('the newest is seen', async () => (await fromEnd()) < 5)
    expect(await ann.place.locator('.to-end').isVisible()).to.equal(false)
  })

  it('says what is wrong with a link, and lets one try again', async () => {
    await ann.giveToNew('Ann')
    await ann.choose('Open a link…')
    const dialog = page.getByRole('dialog', { name: 'Open a link on Ann’s phone' })
    await dialog.getByRole('button', { name: 'Open', exact: true }).click()
    await shows(dialog.getByRole('alert'), 'Write a link')
    await dialog.getByLabel('Link').fill('no link at all')
    await dialog.getByRole('alert').waitFor({ state: 'hidden' })
    await page.keyboard.press('Enter')
    await shows(dialog.getByRole('alert'), 'That is no link')
    expect(await dialog.getByLabel('Link').getAttribute('aria-invalid')).to.equal('true')
    expect(await barriersOn(page)).to.deep.equal([])
    await dialog.getByLabel('Link').fill('t.me/+nothing')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    await shows(ann.toast, /./)
  })

  it('forwards any message, by mouse and by keyboard', async () => {
    await ann.giveToNew('Ann')
    await ann.write('the very first')
    await message('the very first').hover()
    await message('the very first').getByRole('button', { name: 'Forward' }).click()
    await shows(ann.toast, 'There is no other chat')
    for (const text of ['the first', 'the second', 'the third']) await ann.write(text)
    await shows(ann.log, 'the third')
    groupWith('Ann')
    await shows(ann.place.locator('.top h2'), 'Room')
    const back = async () => {
      await ann.place.getByRole('button', { name: /Back to the chats/ }).click()
      await ann.place.locator('.chat', { hasText: 'Mine' }).click()
    }
    expect(await barriersOn(page), 'a group').to.deep.equal([])
    await back()
    await message('the first').hover()
    await message('the first').getByRole('button', { name: 'Forward' }).click()
    await page.getByRole('menu', { name: 'Forward to' }).getByRole('menuitem', { name: 'Room' }).click()
    await shows(ann.place.locator('.top h2'), 'Room')
    await shows(ann.log, /Forwarded from Ann.*the first/s)
    await back()
    await shows(ann.log, 'the second')
    await ann.log.focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Room' }).waitFor()
    expect(await barriersOn(page)).to.deep.equal([])
    await page.keyboard.press('Enter')
    await shows(ann.log, /Forwarded from Ann.*the second/s)
  })

  it('shows a photo without words without a strip below it', async () => {
    await ann.giveToNew('Ann')
    await ann.place.getByRole('button', { name: 'Photo' }).click()
    await page.getByRole('menuitem', { name: 'A painted one' }).click()
    const picture = ann.log.getByRole('img', { name: 'Photo' })
    const [bubble, image] = await Promise.all([ann.log.locator('.bubble').boundingBox(), picture.boundingBox()])
    expect(bubble?.height).to.be.closeTo(image?.height ?? 0, 1)
    expect(bubble?.width).to.be.closeTo(image?.width ?? 0, 1)
  })

  it('sends a picture of the machine, and nothing where one thinks better of it', async () => {
    await ann.giveToNew('Ann')
    const key = ann.place.getByRole('button', { name: 'Photo' })
    await key.click()
    const own = page.getByRole('menuitem', { name: 'A picture of your own…' })
    await own.waitFor()
    expect(await barriersOn(page)).to.deep.equal([])
    await page.keyboard.press('Escape')
    await own.waitFor({ state: 'hidden' })
    await ann.place.getByRole('combobox', { name: 'Message' }).fill('mine')
    await key.click()
    const choosing = page.waitForEvent('filechooser')
    await own.click()
    const buffer = paintPhoto('ab12cd', 40, 30)
    await (await choosing).setFiles({ name: 'mine.png', mimeType: 'image/png', buffer })
    await shows(ann.log.getByRole('listitem').filter({ has: page.getByRole('img', { name: 'Photo' }) }), 'mine')
    const sent = world.dialogs.find(idOf('Ann'), bot())?.messages.at(-1)?.photo ?? ''
    expect(world.photos.sent(sent)).to.include({ width: 40, height: 30 })
    await key.click()
    const again = page.waitForEvent('filechooser')
    await own.click()
    await (await again).setFiles({ name: 'words.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
    await shows(ann.toast, 'This is no image that Telegram takes')
  })

  it('lets people write to one another and to themselves, and block one another', async () => {
    await ann.giveToNew('Ann')
    await ben.giveToNew('Ben')
    const writeTo = async (phone: typeof ann, name: string) => {
      await phone.choose('Write to somebody…')
      await page.getByRole('menu', { name: 'Write to' }).getByRole('menuitem', { name }).click()
      await shows(phone.place.locator('.top h2'), name)
    }
    await writeTo(ann, 'Saved Messages')
    await ann.write('milk')
    await shows(ann.log, 'milk')
    await writeTo(ann, 'Ben')
    expect(await barriersOn(page)).to.deep.equal([])
    await ann.write('hello Ben')
    await ben.place.getByRole('button', { name: /Back to the chats, 1 unread/ }).click()
    await ben.place.locator('.chat', { hasText: 'hello Ben' }).click()
    await shows(ben.log, 'hello Ben')
    await ben.write('hello Ann')
    await shows(ann.log, 'hello Ann')
    await ben.choose('Block Ann')
    await shows(ben.place.locator('.top .sub'), 'blocked')
    await ann.write('still there?')
    await shows(ann.toast, 'This person was blocked there')
    await ben.choose('Unblock Ann')
    await until(
      'Ann is heard again',
      () => !world.dialogs.hasBlocked(world.dialogs.between(idOf('Ann'), idOf('Ben')), idOf('Ben')),
    )
    await ann.write('and now?')
    await shows(ben.log, 'and now?')
    await ann.place.getByRole('button', { name: /Back to the chats/ }).click()
    await shows(ann.place.locator('.chat'), 'Saved Messages')
  })

  it('shows the accounts of programs among the people, and their groups on their phone', async () => {
    await ben.giveToNew('Ben')
    groupWith('Ben')
    await shows(ben.place.locator('.top h2'), 'Room')
    await ann.place.locator('.person').click()
    await shows(people().last(), /Host.*account of a program/)
    await people().last().click()
    await shows(ann.place.locator('.person'), 'Host')
    await ann.place.getByRole('button', { name: /Back to the chats/ }).click()
    await ann.place.locator('.chat', { hasText: 'Room' }).click()
    await ann.write('Hello from the owner')
    await shows(ben.log, 'Hello from the owner')
    await ben.place.getByRole('button', { name: /Back to the chats/ }).click()
    await shows(ben.place.locator('.chat'), 'Host: Hello from the owner')
    expect(sandbox.unknown).to.deep.equal({ bot: {}, mtproto: {} })
  })

  it('says of each switch whether it turns itself off', async () => {
    await ann.giveToNew('Ann')
    const list = (words: RegExp) => page.locator('#faults .hint', { hasText: words }).locator('+ ul')
    await list(/turns itself off/)
      .getByRole('switch', { name: /Slow answers/ })
      .waitFor()
    await list(/until they think better/)
      .getByRole('switch', { name: /Ann blocks the bot/ })
      .waitFor()
    expect(
      await list(/turns itself off/)
        .getByRole('switch', { name: /blocks the bot/ })
        .count(),
    ).to.equal(0)
  })

  it('shows code of a program to its right end', async () => {
    await page.getByText('A bot with Telegraf', { exact: true }).click()
    const isWhole = `(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(document.querySelector('.snippets pre'))`
    expect(await page.evaluate<boolean>(isWhole)).to.equal(true)
  })
})
