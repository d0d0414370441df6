import { expect } from 'chai'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { complaintsOf, findChromium, noChromium, startChromium } from './chromium.js'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import { openStage, type StageOptions } from './stage.js'

const PATIENCE_MS = 20_000
let told = false

/** Where Chromium is; where there is none, one line says so once, and the suite is skipped. */
const chromiumFor = (suite: Mocha.Context): string => {
  const executable = findChromium()
  if (executable !== undefined) return executable
  if (!told) console.log(`    ${noChromium}`)
  told = true
  return suite.skip()
}

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

/** The service, the sandbox with its page, and a browser. */
const openPageStage = async (executable: string, options: StageOptions) => {
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
export type PageStage = Awaited<ReturnType<typeof openPageStage>>

/**
 * One page stage for all tests of a `describe`; `opened` is given it before the first. After each test no page that was
 * visited may have complained. Where there is no Chromium, the tests are skipped.
 */
export const usePageStage = (opened: (stage: PageStage) => unknown, options: StageOptions = {}): void => {
  let stage: PageStage | undefined
  before(async function () {
    stage = await openPageStage(chromiumFor(this), options)
    await opened(stage)
  })
  afterEach(() => stage?.leave())
  after(() => stage?.close())
}

/** The page of a sandbox without a service. */
export interface AlonePage {
  sandbox: Sandbox
  world: Sandbox['world']
  page: Page
  ann: PhonePart
  ben: PhonePart
}

/** For each test of a `describe` a sandbox of its own, with a bot that nobody runs, and its page. Otherwise as above. */
export const useAlonePage = (opened: (alone: AlonePage) => unknown, context: BrowserContextOptions = {}): void => {
  let browser: Browser | undefined
  let sandbox: Sandbox | undefined
  let complaints: string[] = []
  before(async function () {
    browser = await startChromium(chromiumFor(this))
  })
  beforeEach(async () => {
    sandbox = await startSandbox({})
    const { world } = sandbox
    world.users.addBot('Mine', 'my_bot')
    const visitor = await browser?.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', ...context })
    if (!visitor) throw new Error('there is no browser')
    visitor.setDefaultTimeout(PATIENCE_MS)
    const page = await visitor.newPage()
    complaints = complaintsOf(page)
    await page.goto(`${sandbox.http}/`)
    await shows(page.locator('#live'), 'Live')
    await opened({ sandbox, world, page, ann: phoneOn(page, 'phone-a'), ben: phoneOn(page, 'phone-b') })
  })
  afterEach(async () => {
    await Promise.all(browser?.contexts().map((one) => one.close()) ?? [])
    await sandbox?.close()
    expect(complaints).to.deep.equal([])
  })
  after(() => browser?.close())
}
