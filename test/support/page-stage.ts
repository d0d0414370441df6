import { expect } from 'chai'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { complaintsOf, findChromium, noChromium, startChromium } from './chromium.js'
import { openStage, type StageOptions } from './stage.js'

const PATIENCE_MS = 20_000
let told = false

/** One phone of the page, as somebody with eyes or a screen reader finds its parts. */
export const phoneOn = (page: Page, id: 'phone-a' | 'phone-b') => {
  const place = page.locator(`#${id}`)
  return {
    place,
    log: place.getByRole('log', { name: 'Messages' }),
    toast: place.locator('.toast'),
    pending: place.locator('.pending'),
    write: async (text: string) => {
      await place.getByRole('combobox', { name: 'Message' }).fill(text)
      await place.getByRole('button', { name: 'Send' }).click()
    },
    chip: (name: string) => place.locator('.chips').getByRole('button', { name, exact: true }),
    enterKey: () => place.locator('.keys .url').last(),
    choose: async (item: string) => {
      await place.getByRole('button', { name: 'More' }).click()
      await page.getByRole('menuitem', { name: item }).click()
    },
    /** Gives the phone to somebody who exists. */
    giveTo: async (firstName: string) => {
      await place.locator('.person').click()
      await place.locator('.people .row', { hasText: firstName }).click()
      await place.getByRole('log', { name: 'Messages' }).waitFor()
    },
    /** Gives the phone to somebody new. */
    giveToNew: async (firstName: string) => {
      await place.locator('.person').click()
      await place.getByLabel('First name of a new person').fill(firstName)
      await place.getByRole('button', { name: 'New person' }).click()
      await place.getByRole('log', { name: 'Messages' }).waitFor()
    },
  }
}
export type PhonePart = ReturnType<typeof phoneOn>

/** Waits until an element shows a text. */
export const shows = async (where: Locator, text: string | RegExp): Promise<void> => {
  await where.filter({ hasText: text }).first().waitFor()
}

/** A way to the sandbox instead of its own port, and whether the tour is still to be offered. */
type Visit = BrowserContextOptions & { tour?: boolean; port?: number }

/**
 * The service, the sandbox with its page, and a browser. `undefined` when there is no Chromium: then one line has said so.
 */
export const openPageStage = async (options: StageOptions = {}) => {
  const executable = findChromium()
  if (executable === undefined) {
    if (!told) console.log(`    ${noChromium}`)
    told = true
    return undefined
  }
  const stage = await openStage(options)
  const app = await stage.startService()
  await stage.stocked(2)
  await stage.people.call('PUT', '/ops', { url: app.opsUrl })
  const browser: Browser = await startChromium(executable)
  const pages: { complaints: string[] }[] = []

  return {
    ...stage,
    app,
    opsUrl: app.opsUrl,
    /** A browser that has never been here; `tour: false` has been, and has seen the tour. */
    visit: async ({ tour = false, port, ...context }: Visit = {}) => {
      const visitor = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', ...context })
      visitor.setDefaultTimeout(PATIENCE_MS)
      if (!tour) await visitor.addInitScript(`localStorage.setItem('tour', 'done')`)
      const page = await visitor.newPage()
      pages.push({ complaints: complaintsOf(page) })
      await page.goto(port === undefined ? `${stage.sandbox.http}/` : `http://127.0.0.1:${port}/`)
      await shows(page.locator('#live'), 'Live')
      await page.locator('#phone-a .person').waitFor()
      return { page, ann: phoneOn(page, 'phone-a'), ben: phoneOn(page, 'phone-b'), inside: page.locator('#inside') }
    },
    /** Closes what was visited: no script of the page failed, and its policy had nothing to refuse. */
    leave: async () => {
      await Promise.all(browser.contexts().map((context) => context.close()))
      expect(pages.splice(0).flatMap(({ complaints }) => complaints)).to.deep.equal([])
    },
    close: async () => {
      await browser.close()
      await stage.close()
    },
  }
}
export type PageStage = NonNullable<Awaited<ReturnType<typeof openPageStage>>>
