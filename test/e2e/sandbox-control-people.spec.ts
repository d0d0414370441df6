import { expect } from 'chai'
import type { Telegraf } from 'telegraf'
import { paintPhoto } from '../../src/sandbox/world/painted-photo.js'
import { useControlApi, type Json } from '../support/control-api.js'
import type { SandboxHttp } from '../support/sandbox-http.js'
import { until } from '../support/until.js'

describe('People in the sandbox, by its control API', () => {
  let sandbox: SandboxHttp
  let bot: Telegraf
  const { call, post, get, person, messages } = useControlApi((opened) => {
    sandbox = opened.sandbox
    bot = opened.bot
  })

  it('lets a person talk to the bot and press its buttons', async () => {
    const alice = await person('Alice', { username: '@alice_here', languageCode: 'ru' })
    const greeted = sandbox.event('dialog-message', ({ message }) => message.text === 'Hello')
    const sent = await post(`users/${alice}/send`, { chat: sandbox.bot.id, text: '/start' })
    expect(sent).to.include({ text: '/start', from: alice })
    await greeted
    expect(await get(`users/${alice}/chats`)).to.containSubset([
      { id: sandbox.bot.id, type: 'private', title: 'Helper', unread: 1, lastMessage: { text: 'Hello' } },
    ])
    const [, hello] = await messages(alice, sandbox.bot.id)
    expect(hello?.buttons).to.deep.equal([
      [
        { text: 'Go', data: 'go' },
        { text: 'Site', url: 'https://example.org/' },
      ],
    ])
    expect(await get(`users/${alice}/chats`)).to.containSubset([{ unread: 0 }])
    const edited = sandbox.event('dialog-message-edited')
    const press = { chat: sandbox.bot.id, message: hello?.id, data: 'go' }
    expect(await post(`users/${alice}/press`, press)).to.include({ answered: true, text: 'gone', alert: true })
    await edited
    const [went] = await messages(alice, sandbox.bot.id, (hello?.id ?? 0) - 1)
    expect(went).to.include({ text: 'Went', edited: true }).and.not.have.property('buttons')
    expect(await post(`users/${alice}/press`, { ...press, data: 'nothing', waitMs: 1 })).to.deep.equal({
      answered: false,
    })
  })

  it('lets people write to one another and to themselves, and block one another', async () => {
    const [ann, ben] = [await person('Ann'), await person('Ben', { username: 'ben_here' })]
    await post(`users/${ann}/send`, { chat: ann, text: 'milk' })
    expect(await post(`users/${ann}/enter`, { link: 't.me/ben_here' })).to.deep.equal({ status: 'joined', chat: ben })
    const sent = await post(`users/${ann}/send`, { chat: ben, text: 'hello' })
    expect(await get(`users/${ben}/chats`)).to.containSubset([{ id: ann, type: 'private', title: 'Ann', unread: 1 }])
    const [got] = await messages(ben, ann)
    expect([sent['id'], got?.id, got?.text]).to.deep.equal([2, 1, 'hello'])
    expect(await get(`users/${ben}/chats`)).to.containSubset([{ id: ann, unread: 0 }])
    await post(`users/${ben}/send`, { chat: ann, text: 'hi', replyTo: got?.id })
    expect((await messages(ann, ben)).at(-1)).to.include({ text: 'hi', replyTo: sent['id'] })
    const titles = (await get(`users/${ann}/chats`)) as unknown as { title: string }[]
    expect(titles.map(({ title }) => title)).to.deep.equal(['Ben', 'Saved Messages'])

    expect(await post(`users/${ben}/block`, { user: ann, blocked: true })).to.deep.equal({ blocked: true })
    expect(await get(`users/${ben}/chats`)).to.containSubset([{ id: ann, blocked: true }])
    const refused = await call('POST', `users/${ann}/send`, { chat: ben, text: 'x' })
    expect([refused.status, refused.body]).to.containSubset([403, { error: 'USER_IS_BLOCKED' }])
    const own = await call('POST', `users/${ann}/block`, { user: ann, blocked: true })
    expect(own.body).to.containSubset({ error: 'CONTACT_ID_INVALID' })
  })

  it('lets people send photos and stickers, and forward what they see', async () => {
    const alice = await person('Alice')
    const chat = sandbox.bot.id
    const heard: object[] = []
    bot.on('message', (context) => void heard.push(context.message))
    const photo = await post(`users/${alice}/send`, { chat, photo: true, text: 'Look' })
    expect(photo).to.deep.include({ text: 'Look' })
    expect(photo['photo']).to.match(/^[0-9a-f]{16}$/)
    await post(`users/${alice}/send`, { chat, sticker: '🦊' })
    const { id: channel } = await post('channels', { username: 'daily_news', members: [alice] })
    const news = sandbox.world.chats.byUsername('daily_news')
    if (!news) throw new Error('no channel')
    const post1 = sandbox.world.messages.send(news.id, sandbox.bot.id, { text: 'News' })
    await post(`users/${alice}/send`, { chat, forward: { chat: channel, message: post1.id } })
    await post(`users/${alice}/send`, { chat, forward: { chat, message: photo['id'] } })
    expect((await messages(alice, chat)).slice(-3)).to.containSubset([
      { sticker: '🦊' },
      { text: 'News', forwardedFrom: channel },
      { text: 'Look', photo: photo['photo'], forwardedFrom: alice },
    ])
    await until('the bot has heard all', () => heard.length === 4)
    expect(heard).to.containSubset([
      { caption: 'Look', photo: [{ width: 90 }, { width: 320 }, { width: 800 }] },
      { sticker: { emoji: '🦊' } },
      { text: 'News', forward_origin: { type: 'channel', chat: { id: channel }, message_id: post1.id } },
      { caption: 'Look', forward_origin: { type: 'user', sender_user: { id: alice } } },
    ])
    const [first, , , last] = heard as { photo?: object }[]
    expect(last?.photo).to.deep.equal(first?.photo)

    const send = async (body: object) => (await call('POST', `users/${alice}/send`, { chat, ...body })).body['error']
    expect(await send({ forward: { chat, message: 999 } })).to.equal('MESSAGE_ID_INVALID')
    expect(await send({ photo: true, text: 'x'.repeat(1025) })).to.equal('MEDIA_CAPTION_TOO_LONG')
    expect(await send({ photo: 'no file id' })).to.equal('FILE_ID_INVALID')
    expect(await send({ photo: 'data:image/png;base64,bm90aGluZw==' })).to.equal('IMAGE_PROCESS_FAILED')
  })

  it('shows the bytes of photos that are files, sent by people and by the bot', async () => {
    const alice = await person('Alice')
    const chat = sandbox.bot.id
    const image = paintPhoto('ab12cd', 40, 30)
    const photo = `data:image/png;base64,${image.toString('base64')}`
    const sent = await post(`users/${alice}/send`, { chat, photo })
    const fileId = sandbox.world.photos.sizesOf(String(sent['photo']))[0]?.fileId ?? ''
    await bot.telegram.sendPhoto(alice, fileId)
    const photos = (await messages(alice, chat)) as unknown as { photoFile?: { url: string } }[]
    for (const { photoFile } of [photos[0], photos.at(-1)] as { photoFile: { url: string } }[]) {
      expect(photoFile).to.include({ width: 40, height: 30 })
      const answer = await fetch(sandbox.root + photoFile.url)
      const known = { 'if-none-match': answer.headers.get('etag') ?? '' }
      expect((await fetch(sandbox.root + photoFile.url, { headers: known })).status, 'the same photo').to.equal(304)
      expect(answer.headers.get('cache-control'), 'another world may use the id anew').to.include('no-cache')
      expect(answer.headers.get('content-type')).to.equal('image/png')
      expect(Buffer.from(await answer.arrayBuffer()).equals(image)).to.equal(true)
    }
    expect((await call('GET', 'files/0123456789abcdef')).status).to.equal(404)
  })

  it('takes a person into a group by request, lets them write, and shows all of it', async () => {
    const [alice, bob] = [await person('Alice'), await person('Bob')]
    const { chat, chatId, hostId } = sandbox.group()
    const link = sandbox.world.invites.link(
      sandbox.world.invites.export(chat.id, sandbox.bot.id, { requestNeeded: true }),
    )
    const entered = sandbox.event('member', ({ userId }) => userId === alice)
    expect(await post(`users/${alice}/enter`, { link })).to.deep.equal({ status: 'requested', chat: chatId })
    await entered
    const open = sandbox.world.invites.link(sandbox.world.invites.export(chat.id, sandbox.bot.id))
    expect(await post(`users/${bob}/enter`, { link: open })).to.deep.equal({ status: 'joined', chat: chatId })

    const order = async () => (await get<{ id: number }[]>(`users/${alice}/chats`)).map((chat) => chat.id)
    await post(`users/${alice}/send`, { chat: sandbox.bot.id, text: 'hi' })
    expect(await order()).to.deep.equal([sandbox.bot.id, chatId])
    const { id } = await post(`users/${alice}/send`, { chat: chatId, text: 'first' })
    expect(await order()).to.deep.equal([chatId, sandbox.bot.id])
    await post(`users/${alice}/send`, { chat: chat.id, text: 'second', edit: id })
    await post(`users/${bob}/send`, { chat: chatId, sticker: true })
    await post(`users/${bob}/send`, { chat: chatId, text: 'told', forwardFrom: alice })
    expect(await messages(bob, chatId)).to.containSubset([
      { service: 'joined-by-request', text: 'Alice was let in' },
      { from: alice, text: 'second', edited: true },
      { from: bob, sticker: '👋' },
      { from: bob, text: 'told', forwardedFrom: alice },
    ])

    const state = await get('state')
    expect(state).to.have.nested.property('bot.id', sandbox.bot.id)
    expect(state['users']).to.containSubset([
      { id: alice, firstName: 'Alice', username: null, blockedBot: false, host: false },
      { id: hostId, host: true },
    ])
    expect(state['unknown']).to.deep.equal({ bot: {}, mtproto: {} })
    expect(state['clockOffsetMs']).to.equal(0)
    expect(state['chats']).to.containSubset([
      {
        id: chatId,
        type: 'supergroup',
        title: 'Room',
        about: '',
        deleted: false,
        owner: hostId,
        members: [
          { id: hostId, status: 'creator' },
          { id: sandbox.bot.id, status: 'administrator' },
          { id: alice, status: 'member' },
          { id: bob, status: 'member' },
        ],
        links: [
          { link, createdBy: sandbox.bot.id, revoked: false, createsJoinRequest: true, expiresAt: null },
          { link: open, createsJoinRequest: false },
        ],
        requests: [],
      },
    ])
    await post(`users/${bob}/leave`, { chat: chatId })
    expect(await get(`users/${bob}/chats`)).to.deep.equal([])
    sandbox.world.chats.delete(chat.id, hostId)
    expect(await order()).to.deep.equal([sandbox.bot.id])
    expect((await get<{ chats: Json[] }>('state')).chats).to.containSubset([{ id: chatId, deleted: true, members: [] }])
  })

  it('makes public channels that people can join', async () => {
    const [alice, bob] = [await person('Alice'), await person('Bob')]
    const { id } = await post('channels', { username: '@news_here', members: [alice] })
    expect(await bot.telegram.getChatMember('@news_here', alice)).to.have.property('status', 'member')
    expect(await bot.telegram.getChatMember('@news_here', bob)).to.have.property('status', 'left')
    const link = 'https://t.me/news_here'
    expect(await post(`users/${bob}/enter`, { link })).to.deep.equal({ status: 'joined', chat: id })
    expect(await bot.telegram.getChatMember('@news_here', bob)).to.have.property('status', 'member')
    expect(await call('POST', `users/${bob}/enter`, { link })).to.deep.include({ status: 400 })
    await post('channels', { username: 'elsewhere', botAdmin: false })
    expect((await sandbox.call('getChatMember', { chat_id: '@elsewhere', user_id: bob })).ok).to.equal(false)
  })

  it('follows a link to the bot itself', async () => {
    const alice = await person('Alice')
    const greeted = sandbox.event('dialog-message', ({ message }) => message.text === 'Hello')
    const link = 'https://t.me/helper_bot?start=x'
    expect(await post(`users/${alice}/enter`, { link })).to.deep.equal({ status: 'joined', chat: sandbox.bot.id })
    await greeted
  })

  it('blocks and unblocks the bot, and deletes accounts', async () => {
    const alice = await person('Alice')
    await post(`users/${alice}/send`, { chat: sandbox.bot.id, text: 'hi' })
    expect(await post(`users/${alice}/block`, { bot: true })).to.deep.equal({ blocked: true })
    expect((await sandbox.call('sendMessage', { chat_id: alice, text: 'x' })).error_code).to.equal(403)
    expect((await call('POST', `users/${alice}/send`, { chat: sandbox.bot.id, text: 'x' })).body).to.have.property(
      'error',
      'YOU_BLOCKED_USER',
    )
    await post(`users/${alice}/block`, { bot: false })
    expect((await sandbox.call('sendMessage', { chat_id: alice, text: 'x' })).ok).to.equal(true)
    await post(`users/${alice}/delete-account`)
    expect((await sandbox.call('sendMessage', { chat_id: alice, text: 'x' })).description).to.equal(
      'Forbidden: user is deactivated',
    )
  })
})
