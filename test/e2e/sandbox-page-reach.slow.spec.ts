import { expect } from 'chai'
import { barriersOn } from '../support/axe.js'
import { shows, usePageStage, type PageStage } from '../support/page-stage.js'
import { until } from '../support/until.js'

/** By keyboard, by screen reader, on a narrow window, in the dark. */
describe('the page of the sandbox for everybody', function () {
  this.timeout(120_000)
  let stage: PageStage

  usePageStage(async (opened) => {
    stage = opened
    await stage.register('Ida')
    await stage.register('Jon')
  })

  it('works by keyboard alone', async () => {
    const { page, ann } = await stage.visit()
    const { keyboard } = page
    const focused = () => page.evaluate<string>('document.activeElement.textContent || document.activeElement.name')
    await ann.place.locator('.person').focus()
    await keyboard.press('Enter')
    await ann.place.locator('.people .row').first().waitFor()
    await keyboard.press('End')
    expect(await focused()).to.include('account of a program')
    await keyboard.press('ArrowUp')
    expect(await focused()).to.include('Jon')
    await keyboard.press('ArrowUp')
    expect(await focused()).to.include('Ida')
    await keyboard.press('Enter')
    await ann.log.waitFor()
    await until('the cursor is in the message', () => page.evaluate(`document.activeElement.name === 'text'`))
    await keyboard.type('/pri')
    const commands = ann.place.getByRole('listbox', { name: 'Commands' })
    await shows(commands.getByRole('option', { selected: true }), '/privacy')
    await keyboard.press('Enter')
    await shows(ann.log, 'What is stored')
    await keyboard.press('Escape')
    await ann.place.getByRole('list', { name: 'Chats' }).waitFor()
    await until('a chat has the focus', () => page.evaluate(`document.activeElement.matches('.chat')`))
    await keyboard.press('Enter')
    await ann.log.waitFor()
    await keyboard.press('Alt+Digit2')
    expect(await page.evaluate(`document.activeElement.closest('.phone').id`)).to.equal('phone-b')
    await keyboard.press('?')
    await page.getByRole('dialog', { name: 'A Telegram of your own' }).waitFor()
    await keyboard.press('Escape')
  })

  it('names everything that can be operated', async () => {
    const { page, ann } = await stage.visit()
    await ann.giveTo('Ida')
    const nameless = await page.evaluate<string[]>(`
      [...document.querySelectorAll('button, input, select, a')]
        .filter((one) => one.checkVisibility())
        .filter((one) => !(one.textContent.trim() || one.ariaLabel || one.title || one.labels?.length))
        .map((one) => one.outerHTML)`)
    expect(nameless).to.deep.equal([])
    const twice = await page.evaluate<string[]>(`
      [...document.querySelectorAll('[id]')].map(({ id }) => id).filter((id, at, ids) => ids.indexOf(id) !== at)`)
    expect(twice).to.deep.equal([])
    await page.getByRole('region', { name: 'First phone, Ida’s' }).getByRole('log', { name: 'Messages' }).waitFor()
    expect(await page.locator('[role=status]').count()).to.be.greaterThan(2)
  })

  it('puts nothing in the way of a screen reader or of poor sight, in light and dark, on wide and narrow windows', async () => {
    for (const colorScheme of ['light', 'dark'] as const)
      for (const viewport of [
        { width: 1440, height: 900 },
        { width: 390, height: 780 },
      ]) {
        const { page, ann, ben } = await stage.visit({ tour: true, colorScheme, viewport, reducedMotion: 'reduce' })
        const where = `${colorScheme}, ${viewport.width} wide`
        await page.getByRole('complementary', { name: 'Guided tour' }).waitFor()
        expect(await barriersOn(page), `nobody’s phones, ${where}`).to.deep.equal([])
        await ann.giveTo('Ida')
        expect(await barriersOn(page), `a chat, ${where}`).to.deep.equal([])
        await ann.place.locator('.person').click()
        await page.getByRole('dialog', { name: 'Whose phone it is' }).waitFor()
        expect(await barriersOn(page), `people, ${where}`).to.deep.equal([])
        await page.keyboard.press('Escape')
        await ann.place.getByRole('button', { name: /Back to the chats/ }).click()
        await page.locator('#tab-s').dispatchEvent('click')
        expect(await barriersOn(page), `inside, ${where}`).to.deep.equal([])
        const names = await Promise.all([ann, ben].map(({ place }) => place.getAttribute('aria-label')))
        expect(names).to.deep.equal(['First phone, Ida’s', 'Second phone, nobody’s'])
        await page.context().close()
      }
  })

  it('shows the line to write in at once on a small window, as at 200 % zoom', async () => {
    const { page, ann } = await stage.visit({ viewport: { width: 683, height: 384 } })
    await ann.giveTo('Ida')
    const box = await ann.place.locator('.composer').boundingBox()
    expect((box?.y ?? 0) + (box?.height ?? 0)).to.be.within(1, 384)
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).to.equal(true)
  })

  it('finds somebody among many, and shows first whose phone it is', async () => {
    for (let n = 1; n <= 24; n++) await stage.people.call('POST', '/users', { firstName: `Guest ${n}` })
    const { page, ann } = await stage.visit()
    await ann.giveTo('Guest 22')
    await ann.place.locator('.person').click()
    const held = ann.place.locator('.people .row', { hasText: 'Guest 22' })
    await shows(held, 'has this phone')
    expect(await page.evaluate('document.activeElement.textContent')).to.include('Guest 22')
    const [row, list] = await Promise.all([held.boundingBox(), ann.place.locator('.people .rows').boundingBox()])
    expect(row?.y).to.be.within(list?.y ?? 0, (list?.y ?? 0) + (list?.height ?? 0))
    await page.getByRole('searchbox', { name: 'Find somebody' }).first().fill('guest 17')
    expect(await ann.place.locator('.people .row:visible').allTextContents()).to.have.lengthOf(1)
    await ann.place.locator('.people .row:visible').click()
    await shows(ann.place.locator('.person'), 'Guest 17')
  })

  it('knows after a reload which chat was open', async () => {
    const { page, ann, ben } = await stage.visit()
    await ann.giveTo('Ida')
    await ben.giveTo('Jon')
    await ben.place.getByRole('button', { name: /Back to the chats/ }).click()
    await ben.place.getByRole('list', { name: 'Chats' }).waitFor()
    await page.reload()
    await ann.log.waitFor()
    await ben.place.getByRole('list', { name: 'Chats' }).waitFor()
  })

  it('marks what has not been read', async () => {
    const { ann, ben } = await stage.visit()
    await ann.giveTo('Ida')
    await ben.giveTo('Jon')
    await ann.place.getByRole('button', { name: /Back to the chats/ }).click()
    await ann.place.getByRole('list', { name: 'Chats' }).waitFor()
    await stage.people.call('POST', `/users/${await idOf('Ida')}/send`, { chat: await botId(), text: '/help' })
    await shows(ann.place.locator('.chat'), /1 unread/)
    await ann.place.locator('.chat').click()
    await shows(ann.log, 'I introduce two strangers')
    await ann.place.getByRole('button', { name: 'Back to the chats', exact: true }).click()
    await until('nothing is marked', async () => (await ann.place.locator('.chat .badge').count()) === 0)
  })

  it('shows one part at a time on a narrow window', async () => {
    const { page, ann, ben, inside } = await stage.visit({ viewport: { width: 390, height: 780 }, colorScheme: 'dark' })
    const visible = () => Promise.all([ann.place, ben.place, inside].map((part) => part.isVisible()))
    await page.getByRole('tab').first().waitFor()
    expect(await visible()).to.deep.equal([true, false, false])
    await page.getByRole('tab').first().focus()
    await page.keyboard.press('ArrowRight')
    expect(await visible()).to.deep.equal([false, true, false])
    await page.getByRole('tab', { name: 'Inside' }).click()
    await inside.waitFor()
    expect(await visible()).to.deep.equal([false, false, true])
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).to.equal(true)
  })

  it('keeps an open sheet on the window when the window changes', async () => {
    const { page, ben } = await stage.visit()
    await ben.place.locator('.person').click()
    const sheet = ben.place.locator('.people')
    await sheet.waitFor()
    await page.setViewportSize({ width: 800, height: 700 })
    const isWhole = async () => {
      const box = await sheet.boundingBox()
      return box !== null && box.x >= 0 && box.x + box.width <= 800
    }
    await until('the sheet is on the window', isWhole)
  })

  it('keeps the colours that were chosen, and is still for those who want no motion', async () => {
    const { page, ann } = await stage.visit({ colorScheme: 'light', reducedMotion: 'reduce' })
    const scheme = () => page.evaluate('getComputedStyle(document.documentElement).colorScheme')
    const key = page.getByRole('button', { name: /^Colours/ })
    await key.click()
    await key.click()
    expect(await scheme()).to.equal('dark')
    await page.reload()
    expect(await scheme()).to.equal('dark')
    await ann.giveTo('Ida')
    expect(await page.evaluate('document.getAnimations().length')).to.equal(0)
  })

  const idOf = async (name: string) =>
    (await stage.people.state()).users.find(({ firstName }) => firstName === name)?.id ?? 0
  const botId = async () => (await stage.people.state()).bot.id
})
