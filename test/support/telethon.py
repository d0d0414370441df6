"""Tries a sandbox with Telethon, unmodified: one scenario per run. Prints what it saw as one line of JSON.

Usage: python3 -I telethon.py SCENARIO (-I, since this file has the name of the package), with {"host", "port", "pem", "code"} as JSON on stdin.
"""

import asyncio
import io
import json
import struct
import sys
import zlib

from telethon import TelegramClient, errors, events, functions, types
from telethon.crypto import rsa
from telethon.network import connection as transports
from telethon.sessions import MemorySession

at = json.loads(sys.stdin.read())
rsa.add_key(at['pem'], old=False)
HOST, ALICE, CARL = '+15550000', '+15550001', '+15550002'
WAIT_S = 10


def client(session=None, **settings):
    session = session or MemorySession()
    if not session.auth_key:
        session.set_dc(2, at['host'], at['port'])
    return TelegramClient(session, 1, 'sandbox', **settings)


async def login(phone, name='Somebody', password=lambda: 'none', **settings):
    made = client(**settings)
    await made.start(phone=lambda: phone, code_callback=lambda: at['code'], first_name=name, password=password)
    return made


async def refusal(call):
    try:
        await call
    except errors.RPCError as error:
        return type(error).__name__
    return None


async def until(done):
    """Handlers of events set it."""
    await asyncio.wait_for(done.wait(), WAIT_S)


async def made_room(host):
    made = await host(functions.channels.CreateChannelRequest('Room', 'About', megagroup=True))
    return made.chats[0]


async def link_of(host, room, **terms):
    invite = await host(functions.messages.ExportChatInviteRequest(room, **terms))
    return invite.link, invite.link.split('+')[1]


async def entered(host, room, guest):
    _, hash = await link_of(host, room)
    return (await guest(functions.messages.ImportChatInviteRequest(hash))).chats[0]


async def logins():
    seen = {}
    host = await login(HOST, 'Host')
    seen['signed up'] = (await host.get_me()).first_name
    names = ['TcpFull', 'TcpAbridged', 'TcpIntermediate', 'TcpObfuscated']
    seen['transports'] = []
    for name in names:
        other = await login(HOST, connection=getattr(transports, 'Connection' + name))
        seen['transports'].append((await other.get_me()).phone)
        await other.disconnect()
    await host.edit_2fa(new_password='correct horse')
    other = client()
    await other.connect()
    await other.send_code_request(HOST)
    seen['wrong code'] = await refusal(other.sign_in(HOST, '00000'))
    seen['right code'] = await refusal(other.sign_in(HOST, at['code']))
    seen['wrong password'] = await refusal(other.sign_in(password='wrong'))
    seen['right password'] = (await other.sign_in(password='correct horse')).first_name
    await other.disconnect()
    # The session goes on without logging in.
    again = client(other.session)
    await again.connect()
    seen['again'] = await again.is_user_authorized()
    await again.log_out()
    seen['logged out'] = await host.log_out()
    return seen


async def rooms():
    seen = {}
    host, alice, carl = await login(HOST, 'Host'), await login(ALICE, 'Alice'), await login(CARL, 'Carl')
    room = await made_room(host)
    bot = await host.get_entity('visavis_bot')
    await host.edit_admin(room, bot, is_admin=True, title='keeper', invite_users=True, ban_users=True)
    await host.edit_permissions(room, invite_users=False, pin_messages=False, change_info=False)
    await host(functions.channels.TogglePreHistoryHiddenRequest(room, True))
    link, hash = await link_of(host, room, request_needed=True)
    checked = await alice(functions.messages.CheckChatInviteRequest(hash))
    seen['invitation'] = [checked.title, checked.request_needed]
    seen['asked'] = [await refusal(one(functions.messages.ImportChatInviteRequest(hash))) for one in (alice, carl)]

    async def asking():
        request = functions.messages.GetChatInviteImportersRequest(
            room, offset_date=None, offset_user=types.InputUserEmpty(), limit=10, requested=True, link=link)
        found = await host(request)
        return [user.first_name for user in found.users]

    seen['asking'] = await asking()
    alice_id, carl_id = (await alice.get_me()).id, (await carl.get_me()).id
    await host(functions.messages.HideChatJoinRequestRequest(room, alice_id, approved=True))
    await host(functions.messages.HideChatJoinRequestRequest(room, carl_id, approved=False))
    seen['asking then'] = await asking()
    full = await host(functions.channels.GetFullChannelRequest(room))
    seen['full'] = [full.full_chat.about, full.full_chat.participants_count]
    seen['people'] = [[user.first_name, type(user.participant).__name__] async for user in host.iter_participants(room)]
    admins = host.iter_participants(room, filter=types.ChannelParticipantsAdmins())
    seen['admins'] = [user.first_name async for user in admins]
    theirs = [one.entity async for one in alice.iter_dialogs() if one.title == 'Room'][0]

    await host.edit_permissions(room, alice_id, send_messages=False)
    seen['restricted'] = await refusal(alice.send_message(theirs, 'x'))
    await host.edit_permissions(room, alice_id, view_messages=False)
    seen['banned'] = await refusal(alice(functions.messages.ImportChatInviteRequest(hash)))
    kicked = host.iter_participants(room, filter=types.ChannelParticipantsKicked(''))
    seen['kicked'] = [user.first_name async for user in kicked]
    await host.edit_permissions(room, alice_id)
    await entered(host, room, alice)
    await alice.delete_dialog(theirs)
    added = await host(functions.channels.InviteToChannelRequest(room, [carl_id]))
    seen['added'] = type(added).__name__
    await host(functions.channels.DeleteChannelRequest(room))
    seen['deleted'] = await refusal(host.send_message(room, 'x'))
    seen['left'] = [one.title for one in await host.get_dialogs()]
    for one in (host, alice, carl):
        await one.disconnect()
    return seen


async def messages():
    seen = {}
    host, alice = await login(HOST, 'Host'), await login(ALICE, 'Alice')
    room = await made_room(host)
    theirs = await entered(host, room, alice)
    first = await alice.send_message(theirs, 'one **bold** https://example.com')
    seen['entities'] = [type(entity).__name__ for entity in (await host.get_messages(room, ids=first.id)).entities]
    await first.edit('ONE')
    reply = await first.reply('two')
    seen['replied to'] = (await reply.get_reply_message()).raw_text
    for text in ('three', 'four'):
        await host.send_message(room, text)
    seen['newest'] = [one.raw_text for one in await host.get_messages(room, limit=2)]
    seen['all'] = [one.raw_text async for one in host.iter_messages(room, reverse=True) if not one.action]
    seen['found'] = [one.raw_text async for one in host.iter_messages(room, search='THR')]
    seen['by Alice'] = [one.raw_text async for one in host.iter_messages(room, from_user=(await alice.get_me()).id)]
    await host.pin_message(room, first)
    seen['pinned'] = (await host.get_messages(room, ids=types.InputMessagePinned())).raw_text
    await host.delete_messages(room, [first.id])
    seen['gone'] = await alice.get_messages(theirs, ids=first.id)
    await host(functions.channels.DeleteHistoryRequest(room, 0, for_everyone=True))
    seen['left'] = [one.raw_text async for one in alice.iter_messages(theirs) if not one.action]
    for one in (host, alice):
        await one.disconnect()
    return seen


async def private():
    seen = {}
    ann, ben = await login(ALICE, 'Ann'), await login(CARL, 'Ben')
    saved = await ann.send_message('me', 'Hello')
    seen['saved'] = [saved.raw_text, saved.out, [one.raw_text async for one in ann.iter_messages('me')]]
    contact = types.InputPhoneContact(1, CARL, 'Ben', '')
    found = await ann(functions.contacts.ImportContactsRequest([contact]))
    friend = found.users[0]
    heard, enough = [], asyncio.Event()

    def note(what, *more):
        heard.append([what, *more])
        if len(heard) == 3:
            enough.set()

    @ben.on(events.NewMessage(incoming=True))
    async def on_new(event):
        note(event.raw_text, event.is_private, (await event.get_sender()).first_name)
        await event.reply('hi')

    @ann.on(events.NewMessage(incoming=True))
    async def on_answer(event):
        note(event.raw_text, (await event.get_reply_message()).raw_text)

    @ann.on(events.MessageRead())
    async def on_read(event):
        note('read', event.outbox)

    @ben.on(events.MessageDeleted)
    async def on_deleted(event):
        enough.set()

    said = await ann.send_message(friend, 'hello')
    await until(enough)
    seen['heard'] = sorted(heard)
    ben.remove_event_handler(on_new)
    await ann.edit_message(friend, said, 'HELLO')
    await ann.forward_messages(friend, saved)
    theirs = (await ben.get_dialogs())[0]
    seen['dialog'] = [theirs.name, theirs.message.raw_text, theirs.unread_count]
    seen['theirs'] = [one.raw_text async for one in ben.iter_messages(theirs)]
    enough.clear()
    await ann.delete_messages(friend, [said.id])
    await until(enough)
    seen['left'] = [one.raw_text async for one in ben.iter_messages(theirs)]
    await ben.send_read_acknowledge(theirs)
    seen['unread'] = (await ben.get_dialogs())[0].unread_count
    await ben(functions.contacts.BlockRequest(theirs.input_entity))
    seen['blocked'] = [await refusal(ann.send_message(friend, 'x')), await refusal(ben.send_message(theirs, 'x'))]
    for one in (ann, ben):
        await one.disconnect()
    return seen


async def photos():
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    head = struct.pack('>IIBBBBB', 60, 40, 8, 0, 0, 0, 0)
    lines = zlib.compress((b'\0' + bytes(60)) * 40)
    picture = b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(b'IDAT', lines) + chunk(b'IEND', b'')
    host = await login(HOST, 'Host')
    room = await made_room(host)
    file = io.BytesIO(picture)
    file.name = 'picture.png'
    sent = await host.send_file(room, file, caption='Look')
    found = [one.id async for one in host.iter_messages(room, filter=types.InputMessagesFilterPhotos())]
    back = await host.download_media(sent, bytes)
    await host.disconnect()
    size = sent.photo.sizes[-1]
    return {'caption': sent.raw_text, 'size': [size.w, size.h], 'found': found == [sent.id], 'same': back == picture}


async def updates():
    seen = {}
    host, alice = await login(HOST, 'Host'), await login(ALICE, 'Alice')
    room = await made_room(host)
    theirs = await entered(host, room, alice)
    heard, enough = [], asyncio.Event()

    def note(what):
        heard.append(what)
        if what in ('deleted', 'after', 'asked'):
            enough.set()

    @host.on(events.NewMessage)
    async def on_new(event):
        note(event.raw_text)

    @host.on(events.MessageEdited)
    async def on_edited(event):
        note('edited ' + event.raw_text)

    @host.on(events.MessageDeleted)
    async def on_deleted(event):
        note('deleted')

    @host.on(events.Raw(types.UpdatePendingJoinRequests))
    async def on_request(event):
        note('asked')

    said = await alice.send_message(theirs, 'hello')
    await said.edit('HELLO')
    await said.delete()
    await until(enough)
    seen['live'] = list(heard)

    state = await host(functions.updates.GetStateRequest())
    difference = await host(functions.updates.GetDifferenceRequest(state.pts, state.date, state.qts))
    request = functions.updates.GetChannelDifferenceRequest(room, types.ChannelMessagesFilterEmpty(), 1, 100)
    missed = await host(request)
    seen['differences'] = [type(difference).__name__ in ('Difference', 'DifferenceEmpty'), type(missed).__name__]

    heard.clear()
    enough.clear()
    await host.disconnect()
    await alice.send_message(theirs, 'while away')
    await host.connect()
    await host.catch_up()
    await alice.send_message(theirs, 'after')
    await until(enough)
    seen['after the break'] = heard[:]

    enough.clear()
    _, hash = await link_of(host, room, request_needed=True)
    carl = await login(CARL, 'Carl')
    await refusal(carl(functions.messages.ImportChatInviteRequest(hash)))
    await until(enough)
    for one in (host, alice, carl):
        await one.disconnect()
    return seen


def sync():
    """Telethon without a word of asyncio."""
    import telethon.sync  # noqa: F401 (it changes the client)

    with client().start(phone=lambda: HOST, code_callback=lambda: at['code'], first_name='Host') as host:
        host(functions.channels.CreateChannelRequest('Room', '', megagroup=True))
        return {'dialogs': [one.title for one in host.get_dialogs()], 'me': host.get_me().first_name}


name = sys.argv[1]
if name == 'sync':
    print(json.dumps(sync()))
else:
    scenarios = [logins, rooms, messages, private, photos, updates]
    print(json.dumps(asyncio.run({one.__name__: one for one in scenarios}[name]())))
