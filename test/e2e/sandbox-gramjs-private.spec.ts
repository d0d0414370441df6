import bigInt from 'big-integer'
import { expect } from 'chai'
import { Api, type TelegramClient } from 'telegram'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js'
import type { User } from '../../src/sandbox/world/types.js'
import { failureOf, gramjs } from '../support/gramjs.js'
import { until } from '../support/until.js'

describe('private chats in the sandbox with GramJS', () => {
  let sandbox: Sandbox
  let [ann, ben] = [] as unknown as [User, User]
  let [asAnn, asBen] = [] as unknown as [TelegramClient, TelegramClient]

  const open = async (userId: number): Promise<TelegramClient> => {
    const client = gramjs(sandbox, sandbox.mintSession(userId))
    await client.connect()
    return client
  }
  const texts = async (client: TelegramClient, peer: string): Promise<string[]> =>
    (await client.getMessages(peer, { limit: 10 })).map(({ message }) => message)
  /** Everything that this client is told from now on, by the name of the update. */
  const told = (client: TelegramClient): Api.TypeUpdate[] => {
    const seen: Api.TypeUpdate[] = []
    client.addEventHandler((update: Api.TypeUpdate) => seen.push(update))
    return seen
  }
  const of = <T extends Api.TypeUpdate>(seen: Api.TypeUpdate[], kind: new (...args: never[]) => T): T[] =>
    seen.filter((update): update is T => update instanceof kind)

  beforeEach(async () => {
    sandbox = await startSandbox()
    ann = sandbox.world.users.add({ firstName: 'Ann', username: 'ann_here', phone: '15550001' })
    ben = sandbox.world.users.add({ firstName: 'Ben', username: 'ben_here', phone: '15550002' })
    asAnn = await open(ann.id)
    asBen = await open(ben.id)
  })

  afterEach(async () => {
    await Promise.all([asAnn.destroy(), asBen.destroy()])
    expect(sandbox.unknown.mtproto).to.deep.equal({})
    await sandbox.close()
  })

  it('with oneself keep what one saves', async () => {
    const other = await open(ann.id)
    const seen = told(other)
    const sent = await asAnn.sendMessage('me', { message: 'milk' })
    expect([Number(sent.chatId), sent.id]).to.deep.equal([ann.id, 1])
    await until('the other device shows it', () => of(seen, Api.UpdateNewMessage).length === 1)
    expect(sandbox.world.dialogs.unread(sandbox.world.dialogs.between(ann.id, ann.id), ann.id)).to.equal(0)
    await asAnn.editMessage('me', { message: sent.id, text: 'milk and bread' })
    expect(await texts(asAnn, 'me')).to.deep.equal(['milk and bread'])
    const [dialog] = await asAnn.getDialogs({})
    expect([Number(dialog?.id), dialog?.unreadCount]).to.deep.equal([ann.id, 0])
    const next = await asAnn.sendMessage('me', { message: 'next' })
    expect(next.id, 'one number each').to.equal(2)
    await asAnn.deleteMessages('me', [sent.id], { revoke: false })
    expect(await texts(other, 'me')).to.deep.equal(['next'])
    expect(sandbox.world.dialogs.all().flatMap(({ messages }) => messages)).to.have.length(1)
    await other.destroy()
  })

  it('with somebody else show both what is written, changed, read and deleted', async () => {
    const [atAnn, atBen] = [told(asAnn), told(asBen)]
    await asBen.sendMessage('me', { message: 'what moves the numbers of Ben' })
    const sent = await asAnn.sendMessage('ben_here', { message: 'hello' })
    await until('Ben reads it', async () => (await texts(asBen, 'ann_here')).includes('hello'))
    const [got] = await asBen.getMessages('ann_here', { limit: 1 })
    expect([sent.id, sent.out, got?.id, got?.out]).to.deep.equal([1, true, 2, false])
    const row = async (client: TelegramClient, name: string) =>
      (await client.getDialogs({})).find(({ title }) => title === name)
    expect((await row(asBen, 'Ann'))?.unreadCount).to.equal(1)
    expect((await row(asAnn, 'Ben'))?.dialog.readOutboxMaxId).to.equal(0)

    await asBen.markAsRead('ann_here')
    await until('Ann hears that it was read', () => of(atAnn, Api.UpdateReadHistoryOutbox).length === 1)
    expect(of(atAnn, Api.UpdateReadHistoryOutbox)[0]?.maxId).to.equal(sent.id)
    expect((await row(asBen, 'Ann'))?.unreadCount).to.equal(0)
    expect((await row(asAnn, 'Ben'))?.dialog.readOutboxMaxId).to.equal(sent.id)

    await asAnn.editMessage('ben_here', { message: sent.id, text: 'HELLO' })
    await until('Ben sees the change', () => of(atBen, Api.UpdateEditMessage).length === 1)
    expect(await failureOf(asBen.editMessage('ann_here', { message: got?.id ?? 0, text: 'x' }))).to.equal(
      '403 MESSAGE_AUTHOR_REQUIRED',
    )
    const answer = await asBen.sendMessage('ann_here', { message: 'hi', replyTo: got?.id ?? 0 })
    expect((await answer.getReplyMessage())?.message).to.equal('HELLO')
    const [asAnnSees] = await asAnn.getMessages('ben_here', { limit: 1 })
    expect([asAnnSees?.message, asAnnSees?.replyToMsgId]).to.deep.equal(['hi', sent.id])
    const found = await asAnn.getMessages('ben_here', { search: 'hell' })
    expect(found.map(({ message }) => message)).to.deep.equal(['HELLO'])

    await asBen.deleteMessages('ann_here', [answer.id], { revoke: false })
    expect(await texts(asBen, 'ann_here')).to.deep.equal(['HELLO'])
    expect(await texts(asAnn, 'ben_here')).to.deep.equal(['hi', 'HELLO'])
    expect(of(atAnn, Api.UpdateDeleteMessages)).to.have.length(0)
    await asBen.deleteMessages('ann_here', [got?.id ?? 0], { revoke: true })
    await until('it is gone for Ann', () => of(atAnn, Api.UpdateDeleteMessages).length === 1)
    expect(of(atAnn, Api.UpdateDeleteMessages)[0]?.messages).to.deep.equal([sent.id])
    expect(await texts(asAnn, 'ben_here')).to.deep.equal(['hi'])
  })

  it('are told to who comes back', async () => {
    const state = await asBen.invoke(new Api.updates.GetState())
    const sent = await asAnn.sendMessage('ben_here', { message: 'one' })
    await asAnn.sendMessage('ben_here', { message: 'two' })
    await asAnn.deleteMessages('ben_here', [sent.id], { revoke: true })
    const missed = await asBen.invoke(
      new Api.updates.GetDifference({ pts: state.pts, qts: state.qts, date: state.date }),
    )
    if (!(missed instanceof Api.updates.Difference)) throw new Error(missed.className)
    expect(missed.newMessages.map((message) => (message as Api.Message).message)).to.deep.equal(['two'])
    expect(missed.otherUpdates.map(({ className }) => className)).to.deep.equal(['UpdateDeleteMessages'])
    expect(missed.users.map(({ id }) => Number(id))).to.have.members([ann.id, ben.id])
  })

  it('carry photos, and what is forwarded, once', async () => {
    await asAnn.sendMessage('me', { message: 'one' })
    await asAnn.sendMessage('me', { message: 'two' })
    const forward = (ids: number[], randomIds: number[], more = {}) =>
      asAnn.invoke(
        new Api.messages.ForwardMessages({
          fromPeer: 'me',
          toPeer: 'ben_here',
          id: ids,
          randomId: randomIds.map((id) => bigInt(id)),
          ...more,
        }),
      )
    const { updates } = (await forward([1, 2], [71, 72])) as Api.Updates
    expect(updates.filter((update) => update instanceof Api.UpdateMessageID).map(({ id }) => id)).to.have.members([
      3, 4,
    ])
    const got = await asBen.getMessages('ann_here', { limit: 5 })
    expect(got.map(({ message, fwdFrom }) => [message, fwdFrom !== undefined])).to.deep.equal([
      ['two', true],
      ['one', true],
    ])
    expect(await failureOf(forward([1], [71]))).to.equal('500 RANDOM_ID_DUPLICATE')
    expect(await failureOf(forward([1, 99], [73, 74]))).to.equal('400 MESSAGE_ID_INVALID')
    expect(await failureOf(forward([1, 2], [75]))).to.equal('400 RANDOM_ID_INVALID')
    await forward([1], [76], { dropAuthor: true })
    const [newest] = await asBen.getMessages('ann_here', { limit: 1 })
    expect([newest?.message, newest?.fwdFrom ?? undefined]).to.deep.equal(['one', undefined])

    const painted = sandbox.world.dialogs.write(ann.id, ann.id, { text: '', photo: sandbox.world.photos.paint() })
    const [photo] = await asAnn.getMessages('me', { ids: [painted.userMessageId] })
    const sent = await asAnn.sendFile('ben_here', { file: photo?.photo as Api.Photo, caption: 'look' })
    expect(sent.message).to.equal('look')
    expect((await asBen.getMessages('ann_here', { limit: 1 }))[0]?.photo).to.have.property('className', 'Photo')
  })

  it('end where somebody is blocked, or gone', async () => {
    await asAnn.sendMessage('ben_here', { message: 'hello' })
    await asBen.invoke(new Api.contacts.Block({ id: 'ann_here' }))
    expect(await failureOf(asAnn.sendMessage('ben_here', { message: 'x' }))).to.equal('403 USER_IS_BLOCKED')
    expect(await failureOf(asBen.sendMessage('ann_here', { message: 'x' }))).to.equal('400 YOU_BLOCKED_USER')
    const full = await asBen.invoke(new Api.users.GetFullUser({ id: 'ann_here' }))
    expect(full.fullUser.blocked).to.equal(true)
    expect((await asAnn.invoke(new Api.users.GetFullUser({ id: 'ben_here' }))).fullUser.blocked).to.equal(false)
    await asBen.invoke(new Api.contacts.Unblock({ id: 'ann_here' }))
    await asAnn.sendMessage('ben_here', { message: 'again' })
    expect(await failureOf(asAnn.invoke(new Api.contacts.Block({ id: 'me' })))).to.equal('400 CONTACT_ID_INVALID')
    sandbox.world.users.deleteAccount(ben.id)
    const dialog = (await asAnn.getDialogs({}))[0]?.inputEntity
    expect(await failureOf(asAnn.sendMessage(dialog as Api.TypeInputPeer, { message: 'x' }))).to.equal(
      '403 INPUT_USER_DEACTIVATED',
    )
  })

  it('are found by telephone number, and are in no list before somebody has written', async () => {
    const contact = new Api.InputPhoneContact({ clientId: bigInt(7), phone: '+15550002', firstName: 'B', lastName: '' })
    const imported = await asAnn.invoke(new Api.contacts.ImportContacts({ contacts: [contact] }))
    expect(imported.imported.map(({ userId, clientId }) => [Number(userId), Number(clientId)])).to.deep.equal([
      [ben.id, 7],
    ])
    const resolved = await asAnn.invoke(new Api.contacts.ResolvePhone({ phone: '15550002' }))
    expect(Number((resolved.peer as Api.PeerUser).userId)).to.equal(ben.id)
    expect(await failureOf(asAnn.invoke(new Api.contacts.ResolvePhone({ phone: '1' })))).to.equal(
      '400 PHONE_NOT_OCCUPIED',
    )
    expect(await texts(asAnn, 'ben_here')).to.deep.equal([])
    expect(await asAnn.getDialogs({})).to.have.length(0)
  })
})
