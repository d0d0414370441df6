import { expect } from 'chai'
import { auditTable } from '../../src/postgres/audit.js'
import { broadcastsTable, type BroadcastId } from '../../src/postgres/broadcasts.js'
import { usersTable } from '../../src/postgres/users.js'
import { cli } from '../support/cli.js'
import { createCliStage, type CliStage } from '../support/cli-stage.js'
import { pairsOf, person } from '../support/live-state.js'

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
    expect(declined.questions[0]).to.include('to 4 people')
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
    const env = { ...stage.env, ADMIN_IDS: `${person(9)}` }
    const { out } = await cli(['broadcast', 'preview', broadcast, '--json'], env)
    expect(JSON.parse(out)).to.deep.equal({ broadcast, to: person(9), audience: 4 })
    const [entry] = await stage.live.redis.xrange(stage.live.keys.mailbox('courier'), '-', '+')
    expect(pairsOf(entry?.[1] ?? [])).to.deep.include({ to: person(9), notice: 'broadcast_preview' })
  })

  it('that cannot be sent are refused in words', async () => {
    for (const [options, code, words] of [
      ['create', 1, 'nothing to send'],
      ['create --text x --button-text Read', 1, 'both --button-text'],
      ['create --text x --gender robot', 2, 'female, male, other'],
      ['create --text x --button-url nowhere --button-text x', 2, 'https://'],
      ['create --text-file /no/such/file', 1, 'cannot be read'],
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
