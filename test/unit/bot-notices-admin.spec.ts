import { expect } from 'chai'
import { ADMIN, ANNA } from '../support/bot-stage.js'
import { createNoticeStage, hostRow } from '../support/notice-stage.js'

describe('notices to administrators', () => {
  it('of alerts that are over say how it is now', async () => {
    const { text } = createNoticeStage()
    const over = (alert: object) => text('alert_resolved', { count: 1, at: 0, lastedMs: 60_000, ...alert }, ADMIN)
    expect(await over({ kind: 'stock', cause: 'stock' })).to.match(
      /^✅ Over after 1 minute: .*\n\nNow: 5 in stock, 3 waiting\.$/s,
    )
    const host = { kind: 'quarantined', host: '1 (+1…00)' }
    expect(await over({ ...host, cause: 'quarantined:1' })).to.match(
      /\n\nNow: Host 1 \(\+1…00\): parked for 1 minute, 7 of 40/,
    )
    expect(await over({ ...host, cause: 'quarantined:2' })).to.match(/\n\nNow: the host was removed\.$/)
    expect(await over({ kind: 'overdue', cause: 'overdue' })).not.to.include('Now')
  })

  it('show an administrator how the service is, as status does', async () => {
    const { state, text } = createNoticeStage()
    expect(await text('admin', {}, ADMIN)).to.include(
      [
        '⚙️ bot, worker, for 1 minute; holds poller, courier',
        'Redis answers in 1 ms, Postgres in 2 ms, Telegram in 30 ms',
        'Mailboxes: read at once',
        'Rooms past their deadline: 0',
        'Reconciled: never',
      ].join('\n'),
    )
    state.health = {
      ...state.health,
      unheld: ['ledger', 'host:1'],
      telegramMs: undefined,
      mailboxes: [{ mailbox: 'ledger', length: 7, oldestMs: 120_000 }],
      late: 3,
      reconciled: { at: 1_000, differences: 2, repaired: 1 },
    }
    expect(await text('admin', {}, ADMIN)).to.include(
      [
        '⚠️ Nobody holds ledger, host:1',
        'Redis answers in 1 ms, Postgres in 2 ms, Telegram not at all',
        'Mailboxes: ledger 7 (oldest: 2 minutes)',
        'Rooms past their deadline: 3',
        'Reconciled: 1 minute ago, 2 differences, 1 repaired',
      ].join('\n'),
    )
    expect(await text('admin', { show: 'hosts' }, ADMIN)).to.match(
      /Host 1 .* 7 of 40 groups today.*\n– groups: 4 in stock, 2 with rooms, 0 being made, 0 to go$/,
    )
  })

  it('show as many hosts, processes and mailboxes as a message can hold', async () => {
    const { state, text, compose } = createNoticeStage()
    const reason = 'channels.CreateChannel: Telegram asks this account to wait 43200 s. '.repeat(3)
    const ids = Array.from({ length: 100 }, (_, index) => String(index + 1))
    state.hosts = ids.map((id) =>
      hostRow(
        id,
        id === '100' ? { status: 'quarantined', lastError: 'FROZEN' } : { status: 'active', lastError: reason },
      ),
    )
    const { instances, mailboxes } = state.health
    state.health = {
      ...state.health,
      instances: ids.flatMap(() => instances),
      unheld: ids.map((id) => `host:${id}`),
      mailboxes: ids.flatMap((id) => mailboxes.map((one) => ({ ...one, mailbox: `host:${id}`, oldestMs: 5_000 }))),
    }
    const panel = (await text('admin', {}, ADMIN)) ?? ''
    expect(panel).to.have.length.below(4_096)
    expect(panel.match(/^… and 92 more$/gm), 'hosts and processes').to.have.length(2)
    expect(panel, 'whoever does not work comes first').to.match(/^Host 100 .*in quarantine.*\nHost 1 /m)
    const shown = await compose('admin', { show: 'hosts' }, ADMIN)
    expect(shown?.text)
      .to.have.length.below(4_096)
      .and.to.match(/Host 8 [^]*Page 1 of 13$/)
    expect(shown?.keyboard?.flat().map(({ text }) => text)).to.include('»')
    expect(await text('admin', { show: 'hosts', page: 12 }, ADMIN)).to.match(/Host 100 .*[^]*Page 13 of 13$/)
  })

  it('name what helps a host: a login, or a look into the account', async () => {
    const { text } = createNoticeStage()
    const step = (error: string) => text('alert', { kind: 'quarantined', host: '1', error, at: 0 }, ADMIN)
    expect(await step('SESSION_REVOKED'))
      .to.include('log it in again')
      .and.not.to.include('SpamBot')
    expect(await step('AUTH_KEY_UNREGISTERED')).not.to.include('SpamBot')
    expect(await step('FROZEN_METHOD_INVALID')).to.include('SpamBot')
  })

  it('show the panel to administrators only', async () => {
    const { text, state } = createNoticeStage()
    expect(await text('admin')).to.equal(undefined)
    state.dead = { count: 4, oldestAt: 1_000 }
    expect(await text('admin', {}, ADMIN)).to.contain('Dead letters: 4, the oldest for 1 minute')
    state.dead = { count: 0, oldestAt: null }
    const panel = await text('admin', {}, ADMIN)
    expect(panel).to.contain('1 inviting, 2 open, 3 closing').and.to.contain('longest: 1 minute')
    expect(panel).to.contain('Dead letters: none')
    expect(panel).to.contain('Host 1 (+1…00): parked for 1 minute, 7 of 40 groups today – FLOOD')
  })

  it('say of whoever cannot be excluded why, and offer no button for it', async () => {
    const { state, compose } = createNoticeStage()
    const page = async (user: string) => {
      const message = await compose('admin', { show: 'person', user }, ADMIN)
      return { text: message?.text, buttons: message?.keyboard?.flat().map(({ text }) => text) }
    }
    expect((await page(ANNA)).buttons).to.include('⛔ Exclude')
    for (const [who, words] of [
      ['host', 'the account of a host'],
      ['bot', 'the bot itself'],
      ['admin', 'an administrator'],
    ] as const) {
      state.protectedAs = who
      const { text, buttons } = await page(ANNA)
      expect(text).to.contain(`This is ${words}: it cannot be excluded.`)
      expect(buttons).not.to.include('⛔ Exclude')
      expect((await page('777')).text, 'who never wrote')
        .to.contain('has ever written')
        .and.to.contain(words)
    }
  })
})
