import { expect } from 'chai'
import type { UserId } from '../../src/ids.js'
import { auditTable } from '../../src/postgres/audit.js'
import { broadcastsTable, type BroadcastId } from '../../src/postgres/broadcasts.js'
import { usersTable } from '../../src/postgres/users.js'
import { cli } from '../support/cli.js'
import { createCliStage, type CliStage } from '../support/cli-stage.js'
import { pairsOf, person } from '../support/live-state.js'
import { until } from '../support/until.js'

describe('cli about broadcasts', () => {
  let stage: CliStage
  before(async () => (stage = await createCliStage()))
  beforeEach(async () => {
    await stage.reset()
    await stage.db.none('delete from broadcasts')
    const users = usersTable(stage.db)
    for (const [n, language, gender] of [
      [1, 'en', 'female'],
      [2, 'ru-RU', 'female'],
      [3, 'ru', 'male'],
      [4, 'de', 'other'],
    ] as const) {
      await users.upsertOnStart({ user: person(n), username: null, language, update: 1 })
      await users.setGender(person(n), gender, 2)
    }
  })
  after(() => stage.close())

  const create = async (...options: string[]) => {
    const { out, notes, code } = await cli(['broadcast', 'create', ...options, '--json'], stage.env)
    expect([code, notes]).to.deep.equal([0, ''])
    return JSON.parse(out) as { broadcast: string; audience: number }
  }

  it('have so many people left: while they are being sent, those to whom they have not gone yet', async () => {
    const table = broadcastsTable(stage.db)
    const [one, other] = [(await create('--text', 'News')).broadcast, (await create('--text', 'More')).broadcast] as [
      BroadcastId,
      BroadcastId,
    ]
    expect(await table.left()).to.equal(0)
    for (const id of [one, other]) await table.start(id)
    expect(await table.left()).to.equal(8)
    await table.plan(one, 3)
    const next = await table.claim(one)
    expect(await table.left(), 'it is on its way').to.equal(8)
    await table.settle(one, next?.user ?? person(1), 'sent')
    expect(await table.left()).to.equal(7)
    await table.pause(other)
    expect(await table.left()).to.equal(3)
  })

  it('count whom each segment means, without those who want none or cannot be written to', async () => {
    const users = usersTable(stage.db)
    const audience = async (...options: string[]) => (await create('--text', 'News', ...options)).audience
    expect(await audience()).to.equal(4)
    expect(await audience('--gender', 'female')).to.equal(2)
    expect(await audience('--language', 'ru')).to.equal(2)
    expect(await audience('--language', 'en', '--gender', 'other')).to.equal(1)
    await stage.db.none(`update users set seen_at = now() - interval '8 days' where user_id = $1`, [person(4)])
    expect(await audience('--seen', '7d')).to.equal(3)
    await users.setMailings(person(1), false, 3)
    await users.setReachable(person(2), false)
    expect(await audience()).to.equal(2)
  })

  it('go from draft to done by their commands, each written down, and refuse what does not apply', async () => {
    const { broadcast } = await create('--text', 'News', '--button-text', 'Read', '--button-url', 'https://example.org')
    const declined = await stage.run(`broadcast start ${broadcast}`, 'n')
    expect([declined.code, declined.notes]).to.deep.equal([1, 'Nothing was changed.\n'])
    expect(declined.questions[0])
      .to.include('to 4 people')
      .and.match(/to +everybody\n +text +News\n +photo +no\n +button +Read \(https:\/\/example\.org\)/)
    expect((await stage.run(`broadcast pause ${broadcast}`)).notes).to.include('it is a draft')
    expect(await stage.json(`broadcast start ${broadcast} --yes`)).to.deep.equal({ broadcast, total: 4 })
    expect((await stage.run(`broadcast start ${broadcast} --yes`)).notes).to.include('it is running')
    await stage.json(`broadcast pause ${broadcast}`)
    await stage.json(`broadcast resume ${broadcast}`)
    const table = broadcastsTable(stage.db)
    const id = broadcast as Parameters<typeof table.get>[0]
    expect(await table.plan(id, 3)).to.equal(3)
    expect(await table.claim(id)).to.deep.equal({ user: person(1), state: 'sending', language: 'en' })
    await table.settle(id, person(1), 'sent')
    const shown = await stage.json<{ broadcasts: { status: string; counts: object }[] }>(
      `broadcast status ${broadcast}`,
    )
    expect(shown.broadcasts[0]?.status).to.equal('running')
    expect(shown.broadcasts[0]?.counts).to.include({ sent: 1, planned: 2 })
    expect((await stage.run('broadcast status')).out).to.include('1 of 4')
    const deeds = (await auditTable(stage.db).newest(9)).map(({ action }) => action)
    expect(deeds).to.deep.equal(['broadcast resume', 'broadcast pause', 'broadcast start', 'broadcast create'])
  })

  it('are previewed to administrators only', async () => {
    const { broadcast } = await create('--text', 'News')
    expect((await stage.run(`broadcast preview ${broadcast}`)).notes).to.include('set ADMIN_IDS')
    const unknown = await stage.run('broadcast preview 999999')
    expect([unknown.code, unknown.notes]).to.deep.equal([3, 'There is no broadcast 999999; see: broadcast status\n'])
    const env = { ...stage.env, ADMIN_IDS: `${person(9)}` }
    const { out } = await cli(['broadcast', 'preview', broadcast, '--json'], env)
    expect(JSON.parse(out)).to.deep.equal({ broadcast, to: person(9), audience: 4 })
    const inWords = await cli(['broadcast', 'preview', broadcast], env)
    expect(inWords.out, 'nothing runs that could send it').to.include('as soon as the service runs')
    const [entry] = await stage.live.redis.xrange(stage.live.keys.mailbox('courier'), '-', '+')
    expect(pairsOf(entry?.[1] ?? [])).to.deep.include({ to: person(9), notice: 'broadcast_preview' })
  })

  it('are shown with all that they are; a text may have markup', async () => {
    const html = 'Big <b>news</b>\nfor <a href="https://example.org/">you</a>'
    const { broadcast } = await create(
      ...['--text', html, '--format', 'html', '--gender', 'female', '--seen', '7d'],
      ...['--photo', 'https://example.org/cat.jpg', '--button-text', 'Read', '--button-url', 'https://example.org'],
    )
    const kept = await broadcastsTable(stage.db).get(broadcast as BroadcastId)
    expect(kept).to.include({ text: 'Big news\nfor you', photo: 'https://example.org/cat.jpg' })
    expect(kept?.entities).to.deep.equal([
      { type: 'bold', offset: 4, length: 4 },
      { type: 'text_link', offset: 13, length: 3, url: 'https://example.org/' },
    ])
    const { out } = await stage.run(`broadcast status ${broadcast}`)
    expect(out).to.match(/2 people would get it now/)
    expect(out).to.match(/to +gender female, seen within 7 d\n/)
    expect(out).to.match(/text +Big <b>news<\/b>\n +for <a href="https:\/\/example\.org\/">you<\/a>\n/)
    expect(out).to.match(/photo +yes\n +button +Read \(https:\/\/example\.org\)\n/)
    const shown = await stage.json<{ broadcasts: object[] }>(`broadcast status ${broadcast}`)
    expect(shown.broadcasts[0]).to.deep.include({
      html,
      photo: 'https://example.org/cat.jpg',
      button: { text: 'Read', url: 'https://example.org' },
      audience: 2,
    })
  })

  it('stay as they are where what is done cannot be written down', async () => {
    const [draft, running, paused] = [
      await create('--text', '1'),
      await create('--text', '2'),
      await create('--text', '3'),
    ]
    for (const { broadcast } of [running, paused]) await stage.run(`broadcast start ${broadcast} --yes`)
    await stage.run(`broadcast pause ${paused.broadcast}`)
    await stage.db.none('alter table audit rename to audit_elsewhere')
    try {
      for (const line of [
        `start ${draft.broadcast} --yes`,
        `cancel ${draft.broadcast} --yes`,
        `pause ${running.broadcast}`,
        `cancel ${running.broadcast} --yes`,
        `resume ${paused.broadcast}`,
      ])
        expect((await stage.run(`broadcast ${line}`)).code, line).to.equal(1)
    } finally {
      await stage.db.none('alter table audit_elsewhere rename to audit')
    }
    const { broadcasts } = await stage.json<{ broadcasts: { status: string }[] }>('broadcast status')
    expect(broadcasts.map(({ status }) => status)).to.deep.equal(['paused', 'running', 'draft'])
  })

  it('are shown as HTML in JSON also without any markup, and as they are on a screen', async () => {
    const { broadcast } = await create('--text', '1 < 2 & 3')
    const { broadcasts } = await stage.json<{ broadcasts: { html: string }[] }>(`broadcast status ${broadcast}`)
    expect(broadcasts[0]?.html).to.equal('1 &lt; 2 &amp; 3')
    expect((await stage.run(`broadcast status ${broadcast}`)).out).to.match(/^ +text +1 < 2 & 3$/m)
  })

  it('cannot be started while nobody would get them', async () => {
    const { broadcast } = await create('--text', 'News', '--gender', 'other', '--language', 'ru')
    const { code, notes, questions } = await stage.run(`broadcast start ${broadcast}`)
    expect([code, notes]).to.deep.equal([1, `Broadcast ${broadcast} cannot be started: nobody would get it now.\n`])
    expect(questions).to.deep.equal([])
    expect(await broadcastsTable(stage.db).start(broadcast as BroadcastId), 'nor at the last moment').to.equal(false)
  })

  it('are watched until they are sent, or end otherwise', async () => {
    const table = broadcastsTable(stage.db)
    const { broadcast } = await create('--text', 'News')
    const id = broadcast as BroadcastId
    expect((await stage.run(`broadcast status ${id} --watch`)).notes).to.include('is a draft')
    /** Sends to as many people, once it has begun to be watched. */
    const watched = (args: readonly string[], act: () => Promise<unknown>) => {
      let acted: Promise<unknown> | undefined
      const onNote = (text: string) => {
        if (text.includes(' of 4')) acted ??= act()
      }
      return cli(args, stage.env, { columns: 80, onNote })
    }
    const send = async (count: number) => {
      await table.plan(id, count)
      for (let next = await table.claim(id); next; next = await table.claim(id))
        await table.settle(id, next.user, 'sent')
    }
    const started = await watched(['broadcast', 'start', id, '--wait', '--yes'], async () => {
      await send(1)
      await table.pause(id, 'Bad Request')
    })
    expect([started.code, started.out]).to.deep.equal([
      1,
      `Broadcast ${id} is paused: 1 of 4 people got it. See: broadcast status ${id}\n`,
    ])
    expect(started.notes).to.match(/\[\.+\] 0 of 4/)
    await table.resume(id)
    const done = await watched(['broadcast', 'status', id, '--watch'], async () => {
      await send(3)
      await table.finish(id)
    })
    expect(done.code).to.equal(0)
    expect(done.notes).to.match(/\[#+\.+\] 1 of 4/)
    expect(done.out).to.match(/^\d+ {2}done .*\n.*4 of 4\n +sent 4,/)
  })

  it('are cancelled: a draft is gone, and of what is being sent nobody else gets any', async () => {
    const table = broadcastsTable(stage.db)
    const draft = (await create('--text', 'News')).broadcast
    const declined = await stage.run(`broadcast cancel ${draft}`, 'n')
    expect([declined.code, declined.notes]).to.deep.equal([1, 'Nothing was changed.\n'])
    expect(await stage.json(`broadcast cancel ${draft} --yes`)).to.deep.equal({ broadcast: draft, outcome: 'deleted' })
    expect((await stage.run(`broadcast status ${draft}`)).code).to.equal(3)

    const id = (await create('--text', 'More')).broadcast as BroadcastId
    await table.start(id)
    await table.plan(id, 3)
    const next = await table.claim(id)
    const ended = await stage.run(`broadcast cancel ${id}`, 'y')
    expect(ended.questions[0]).to.include('Nobody else will get it')
    expect(ended.code).to.equal(0)
    await table.settle(id, next?.user ?? person(1), 'sent')
    expect(await table.claim(id)).to.equal(null)
    expect(await table.plan(id, 3)).to.equal(0)
    expect(await table.counts(id)).to.include({ sent: 1, planned: 0, sending: 0 })
    expect(await table.running()).to.equal(null)
    for (const line of [`resume ${id}`, `cancel ${id} --yes`])
      expect((await stage.run(`broadcast ${line}`)).notes, line).to.include('it is cancelled')
    const shown = await stage.json<{ broadcasts: { status: string }[] }>(`broadcast status ${id}`)
    expect(shown.broadcasts[0]?.status).to.equal('cancelled')
    const [deed] = await auditTable(stage.db).newest(1)
    expect(deed).to.include({ action: 'broadcast cancel', subject: id })
  })

  it('once cancelled, leave nobody in line or on the way', async () => {
    const table = broadcastsTable(stage.db)
    const id = (await create('--text', 'News')).broadcast as BroadcastId
    await table.start(id)
    await table.plan(id, 4)
    const claimed = [await table.claim(id), await table.claim(id), await table.claim(id)].map((next) => next?.user)
    const [one, other, lost] = claimed as [UserId, UserId, UserId]
    await table.settle(id, one, 'planned')
    expect(await table.counts(id)).to.include({ planned: 2, sending: 2 })
    expect(await table.cancel(id)).to.equal(true)
    expect(await table.counts(id)).to.include({ planned: 0, sending: 0, doubt: 2 })
    await table.settle(id, other, 'planned')
    await table.settle(id, lost, 'sent')
    expect(await table.counts(id)).to.include({ planned: 0, sending: 0, doubt: 0, sent: 1 })
  })

  it('that somebody is put back in line for while they are cancelled leave nobody there', async () => {
    const table = broadcastsTable(stage.db)
    const id = (await create('--text', 'News')).broadcast as BroadcastId
    await table.start(id)
    await table.plan(id, 4)
    const next = await table.claim(id)
    let settled: Promise<void> | undefined
    await stage.db.tx(async (tx) => {
      const { pid } = await tx.one<{ pid: number }>('select pg_backend_pid() as pid')
      await broadcastsTable(tx).cancel(id)
      settled = table.settle(id, next?.user ?? person(1), 'planned')
      await until('it waits for the cancellation', () =>
        stage.db.oneOrNone('select from pg_stat_activity where $1 = any(pg_blocking_pids(pid))', [pid]),
      )
    })
    await settled
    expect(await table.counts(id)).to.include({ planned: 0, sending: 0, doubt: 0 })
  })

  it('that cannot be sent are refused in words', async () => {
    for (const [options, code, words] of [
      ['create', 2, 'nothing to send'],
      ['create --text x --button-text Read', 2, 'both --button-text'],
      ['create --text x --button-url https://example.org', 2, 'both --button-text'],
      ['create --text x --text-file y', 2, 'cannot be used with'],
      ['create --text <b>x --format html', 2, '<b> is not closed'],
      ['create --text x --format markdown', 2, 'plain, html'],
      ['create --text x --photo cat.jpg', 2, 'file_id of a photo'],
      ['create --text x --photo http://example.org/cat.jpg', 2, 'https:// address'],
      ['create --text x --gender robot', 2, 'female, male, other'],
      ['status --watch', 2, 'Give its number'],
      ['cancel 999999 --yes', 3, 'no broadcast 999999'],
      ['create --text x --button-url nowhere --button-text x', 2, 'https://'],
      ['create --text-file /no/such/file', 2, 'cannot be read'],
      ['start 999999', 3, 'no broadcast 999999'],
      ['start x', 2, 'number of a broadcast'],
    ] as const) {
      const result = await stage.run(`broadcast ${options}`)
      expect(result.code, options).to.equal(code)
      expect(result.notes, options).to.include(words)
    }
    const long = await cli(['broadcast', 'create', '--text', 'x'.repeat(4_000)], stage.env)
    expect(long.notes).to.include('4000 characters')
  })
})
