import type { Language } from './parameters.js'

export const en: Language = {
  'duration.seconds': '{count, plural, one {# second} other {# seconds}}',
  'duration.minutes': '{count, plural, one {# minute} other {# minutes}}',
  'duration.hours': '{count, plural, one {# hour} other {# hours}}',
  'duration.days': '{count, plural, one {# day} other {# days}}',

  'about.short': 'Two strangers, one private room.',
  'about.long':
    'I introduce two strangers to each other in a private group made just for the two of them. When either leaves, the group disappears.',
  'command.find': 'meet somebody',
  'command.next': 'leave and meet somebody else',
  'command.stop': 'stop searching, or leave the room',
  'command.profile': 'your nickname and gender',
  'command.help': 'how this works',
  'command.privacy': 'what is stored about you',

  'button.find': '🔎 Search again',
  'button.next': '⏭ Next',
  'button.stop': '⏹ Stop',
  'button.enter': '🚪 Enter the room',
  'button.keep_searching': '👋 Keep searching',
  'button.female': 'Female',
  'button.male': 'Male',
  'button.other': 'Other / rather not say',
  'button.give_name': '🎲 Give me one',
  'button.edit_gender': '✏️ Gender',
  'button.edit_name': '✏️ Nickname',
  'button.subscribed': '✅ I have subscribed',
  'button.refresh': '🔄 Refresh',

  hello:
    'Hello! I introduce two strangers to each other in a private group made just for the two of them. Two short questions, and we can begin.',
  'ask.gender': 'Who are you?',
  'ask.nickname': 'What shall I call you? Write a nickname, or let me choose one. Your partner will see it.',
  'ask.new_nickname': 'Write your new nickname, or let me choose one.',
  'nickname.refused': '{reason} Please try another one.',
  'nickname.too_short':
    'That is too short: a nickname has at least {min, plural, one {# character} other {# characters}}.',
  'nickname.too_long':
    'That is too long: a nickname has at most {max, plural, one {# character} other {# characters}}.',
  'nickname.link': 'That looks like a link, and a nickname cannot be one.',
  'nickname.mention': 'That looks like an @name, and a nickname should not lead to your account.',
  'nickname.phone': 'That looks like a phone number. Better keep it to yourself.',
  'nickname.hidden': 'There are invisible characters or line breaks in it.',
  'nickname.characters': "A nickname has letters, digits, spaces and - _ . ' only, and at least one letter or digit.",
  profile: 'Your profile\n\nNickname: {nickname}\nGender: {gender}\n\n/find – meet somebody',
  registered: 'Nice to meet you, {nickname}! That was all.\n\nSend /find whenever you want to meet somebody.',
  'gender.female': 'female',
  'gender.male': 'male',
  'gender.other': 'other / rather not say',

  searching:
    '🔎 Searching… {others, plural, =0 {Nobody else is here right now; I will write as soon as somebody comes.} one {# other person is waiting.} other {# other people are waiting.}}',
  'searching.first':
    '🔎 Searching… You are first in line. {others, plural, =0 {Nobody else is here right now; I will write as soon as somebody comes.} one {# other person is waiting.} other {# other people are waiting.}}',
  'searching.already':
    '🔎 Still searching, for {waited} now. {others, plural, =0 {Nobody else is here yet.} one {# other person is waiting.} other {# other people are waiting.}}',
  'searching.no_group':
    'There is somebody for you, but all rooms are taken at the moment. A new one is being prepared, and you two are next.',
  'searching.no_groups':
    'There are people for you, but all rooms are taken at the moment. New ones are being prepared, and each goes to two of those who wait. You keep your place.',
  'searching.met_before':
    'So far only people you have just met are waiting. I pair you with one of them again if nobody else comes soon.',
  'searching.paused':
    '⏸ At the moment no pairs are made: an administrator has paused that. You keep your place, and it goes on by itself.',
  'searching.no_rooms':
    '⏸ At the moment no room is free and no new ones can be made, so nobody is paired. You keep your place, and I will write as soon as it goes on.',
  'searching.no_rooms_now':
    '⏸ At the moment no room is free and no new ones can be made, so nobody is paired. You keep your place, and it goes on by itself.',
  'searching.rooms_again': '▶️ It goes on: people are paired again. You have kept your place.',
  found: '✨ Found somebody! Your room is being prepared…',
  stopped: '⏹ You are not searching any more.',
  'stop.nothing': 'There is nothing to stop: you are not searching and not in a room.\n\n/find – meet somebody',
  'still_there.ask':
    'Are you still there? You have been waiting for {waited}. Without an answer, your search ends in {time}.',
  'search.ended': 'Nobody answered here, so I have ended your search. Come back any time.',
  'search.removed': 'An administrator has ended your search. You can begin a new one.',
  'search.goes_on': 'I had a short breakdown, and I am back. Your search goes on.',
  cooldown:
    'You did not come to several rooms in a row, so somebody waited for nothing. You can search again in {time}.',
  banned: 'You cannot search: an administrator has excluded you.',
  'banned.for': 'An administrator has excluded you. You can search again in {time}.',
  unbanned: '✅ An administrator has let you in again: you can search.',

  invitation: '✨ Somebody is here for you! The room is yours for {time}: come in before that.',
  'invitation.again': 'Your partner is found and your room is ready. You have {time} to come in.',
  'invitation.exposure':
    '⚠️ Please note: inside a group the other person sees your Telegram profile (name, photo, and @username if you have one), as you see theirs. Two accounts of the service are in the group too, this bot and the owner of the group, so whoever runs the service could read along. What you write is never stored by the service. If you do not want that, do not enter.',
  entered: '👍 You are in. Your partner is on the way and has {time} left.',
  'partner.entered': '🚪 Your partner is already in the room and waits for you. You have {time} left.',
  'room.open':
    'You are in a room: open the group with your partner and write there.\n\n/next – somebody else\n/stop – leave the room',
  'room.full_up':
    'Telegram does not let you into the room: you are in as many groups and channels as it allows. Leave one, then press the button again.',
  'closed.left.you': '👋 You have left the room.',
  'closed.left.partner': '👋 Your partner has left, so the room is closed.',
  'closed.no_show.missing': '⌛ You did not come in time, so the room is closed and its link no longer works.',
  'closed.no_show.came': '⌛ Your partner did not come in time, so the room is closed. I am sorry.',
  'closed.cooldown': 'Since it was not the first time, you can search again in {time}.',
  'closed.idle': '💤 Nobody wrote for {time}, so the room is closed.',
  'closed.max_age': '⌛ The room has been open for {time}, which is as long as a room lives, so it is closed.',
  'closed.operator': 'An administrator has closed the room.',
  'closed.banned.you': 'The room is closed, and you cannot search any more: an administrator has excluded you.',
  'closed.banned.you.for': 'The room is closed: an administrator has excluded you. You can search again in {time}.',
  'closed.banned.partner': 'An administrator has excluded your partner, so the room is closed.',
  'closed.blocked_bot': '👋 Your partner has left the bot, so the room is closed.',
  'closed.bot_removed': 'I was removed from the group or lost my rights there, so the room is closed.',
  'closed.lost': 'Something broke on our side and your room could not be saved. I am sorry.',
  'closed.searching':
    '🔎 Searching for the next one… {others, plural, =0 {Nobody else is here right now.} one {# other person is waiting.} other {# other people are waiting.}}',
  'closed.first_in_line': 'If you search again, you are first in line.',
  'closed.traces': 'The group disappears for both of you, with everything written in it.',

  welcome:
    '👋 Welcome, {one} and {other}! No other person is let in. The two other members belong to the service: this bot, and the account that owns the group. The service never stores what you write here, but whoever runs it could read along.\n\nThe room closes when one of you leaves, or when nobody writes for {time}.\n\n/next – somebody else\n/stop – leave the room',

  gate: '{count, plural, one {To search, please subscribe to our channel} other {To search, please subscribe to our channels}}: {channels}.',
  'gate.not_yet': 'I do not see your subscription yet.',
  'gate.unavailable': 'I cannot check your subscription at the moment. Please try again in a minute.',

  help: 'I introduce two strangers to each other in a private group made just for the two of them.\n\n/find – meet somebody\n/next – leave and meet somebody else\n/stop – stop searching, or leave the room\n/profile – your nickname and gender\n/privacy – what is stored about you\n\nWhen somebody is found, I send you a button to enter the room. When one of you leaves, the room is closed for both.',
  privacy:
    'What is stored about you\n\n• Until you have it deleted: your Telegram id ({user}), @username and language, the nickname and gender you chose, whether you want announcements and which you were sent, and when you were first and last here.\n• While you search or are in a room: that, too.\n• For {rooms}: whom you met, when, and why it ended.\n• Until a week after your last visit: your last three partners, so that you do not meet them again at once, and rooms that you did not come to.\n• If you are excluded: since when, until when, by whom and why. It goes when the ban is lifted or over.\n• For {audit}: what administrators and operators did about you, such as looking you up or excluding you.\n• For {failures}: tasks of the service that failed, with the ids of those they were about.\n\nWhat you write in a room is never stored by the service, and the group is deleted or emptied afterwards.\n\nWho sees what\n\nIn a group your partner sees your Telegram profile, as in any group. Two accounts of the service are members too: this bot, and the account that owns the group. So whoever runs the service could read along.\n\n{contact, select, none {Whoever runs this bot can give you all that is stored about you, or delete it, by your id. They have not left an address here: ask where you found this bot.} other {To be given all that is stored about you, or to have it deleted, write to {contact} and name your id.}}',
  'unknown.command': 'I do not know this command. /help shows what I can do.',
  'not_understood.idle':
    'Nobody reads what you write here. Send /find to meet somebody, or /help to see what I can do.',
  'not_understood.waiting': 'I am still searching; nobody reads what you write here yet. /stop ends the search.',
  'not_understood.room': 'Your partner does not see what you write here. Write in the group of your room.',
  edited: 'I do not look at edited messages. Please send it as a new one.',
  rebuilding: 'One moment please, I am recovering. Try again in some seconds.',
  trouble: 'Something went wrong on our side. Please try again in a minute.',

  'admin.panel':
    'Rooms: {inviting} inviting, {open} open, {closing} closing\nWaiting: {waiting} ({first} first in line), longest: {oldest}\n{people}\nGroups in stock: {stock}\nDead letters: {buried, select, none {none} other {{dead}, the oldest for {buried}}}\n\n{hosts}',
  'admin.people': 'People: {female} female, {male} male, {other} other, {unknown} not said yet',
  'admin.people.missing': 'People and hosts: unknown, since Postgres does not answer',
  'admin.as_of': 'As of {at} UTC',
  'admin.health':
    '{processes}\nRedis answers in {redis} ms, Postgres {postgres, select, none {not at all} other {in {postgres} ms}}, Telegram {telegram, select, none {not at all} other {in {telegram} ms}}\nMailboxes: {mailboxes, select, none {read at once} other {{mailboxes}}}\nRooms past their deadline: {late}\nReconciled: {reconciled, select, never {never} other {{reconciled}}}',
  'admin.process': '⚙️ {roles}, for {age}{leases, select, none {} other {; holds {leases}}}',
  'admin.unheld': '⚠️ Nobody holds {leases}',
  'admin.mailbox': '{mailbox} {length} (oldest: {oldest})',
  'admin.reconciled':
    '{ago} ago, {differences, plural, =0 {all agreed} one {# difference, {repaired} repaired} other {# differences, {repaired} repaired}}',
  'admin.host.groups': '– groups: {stock} in stock, {held} with rooms, {preparing} being made, {disposing} to go',
  'admin.host':
    'Host {host} ({label}): {status, select, active {active} parked {parked for {parked}} quarantined {in quarantine} draining {draining} other {{status}}}, {used} of {budget} groups today{error, select, none {} other { – {error}}}',
  'admin.no_hosts': 'No hosts: rooms cannot be made. Add one with the command line: hosts login.',
  'admin.more': '… and {count} more',
  'admin.page': 'Page {page} of {pages}',
  'admin.hosts.missing': 'Hosts: unknown, since Postgres does not answer',
  'admin.nobody': 'nobody',

  'alert.stock':
    'No group is in stock while {count, plural, one {# person waits} other {# people wait}}: pairs cannot be made.',
  'alert.stock.step':
    'The doctor says what mends it (command line: doctor). A parked or draining host goes on with hosts resume, unless Telegram asks it to wait; a budget that is used up is back at 00:00 UTC; another account helps at once: hosts login.',
  'alert.parked': 'Host {host} is parked and makes no groups{error, select, none {} other { ({error})}}.',
  'alert.parked.step': 'Nothing must be done if other hosts make groups, or the stock lasts as long.',
  'alert.quarantined': 'Host {host} is in quarantine and makes no groups{error, select, none {} other { ({error})}}.',
  'alert.quarantined.step':
    '{lost, select, session {Its session has ended: log it in again: hosts login.} other {Look into the account with a Telegram app and write to @SpamBot from it; afterwards log it in again: hosts login.}}',
  'alert.overdue': '{count, plural, one {# room is} other {# rooms are}} past the deadline and not being ended.',
  'alert.overdue.step': 'Does a worker run? See: rooms list, and the log of the workers.',
  'alert.dead_letters':
    '{count, plural, one {# message has} other {# messages have}} failed the last attempt: dead letters.',
  'alert.dead_letters.step': 'See: dead-letters list.',
  'alert.until': 'It ends by itself in {time}.',
  'alert.resolved': 'Over after {time}: {words}',
  'alert.now': 'Now: {words}',
  'alert.now.stock': '{stock} in stock, {waiting} waiting.',
  'alert.now.no_host': 'the host was removed.',

  'button.rooms': '🚪 Rooms',
  'button.room': '🚪 Their room',
  'button.waiting': '⏳ Waiting',
  'button.hosts': '📱 Hosts',
  'button.find_person': '👤 Find somebody',
  'button.pause_matching': '⏸ Pause matching',
  'button.resume_matching': '▶️ Resume matching',
  'button.back': '⬅️ Back',
  'button.close_room': '🛑 Close the room',
  'button.close_room.sure': '🛑 Yes, close it now',
  'button.who': '🔍 Who is it? (is written down)',
  'button.ban': '⛔ Exclude',
  'button.ban_for_good': 'For good',
  'button.ban_reason.spam': 'Spam',
  'button.ban_reason.abuse': 'Insults, threats',
  'button.ban_reason.other': 'Other',
  'button.ban_sure': '⛔ Yes, exclude now',
  'button.unban': '✅ Let in again',
  'admin.paused': '⏸ Matching is paused: people join and keep their place, no pairs are made.',
  'admin.used': 'This button was pressed before. Nothing was done now.',
  'admin.expired': 'This button is too old. Send /admin for a new panel.',
  'admin.stock': 'Groups in stock: {stock}',
  'admin.rooms': 'Rooms: {total} (page {page} of {pages})',
  'admin.rooms.line':
    '{number}. {stage, select, inviting {inviting} open {open} closing {closing} other {{stage}}}, {age}: {one} – {other}',
  'admin.room':
    'Room {room}: {stage, select, inviting {inviting} open {open} closing {closing} other {{stage}}}\nAge: {age}, this stage ends in {left}\nHost {host}, group {group}\n\n{one}\n{other}',
  'admin.room.person': '👤 {name}{entered, select, yes {, has come in} other {, has not come in}}',
  'admin.room.gone': 'Room {room} has ended and is cleared up.',
  'admin.waiting': 'Waiting: {total} (page {page} of {pages})',
  'admin.waiting.line': '{number}. {name}, {waited}{first, select, yes {, first in line} other {}}',
  'admin.find':
    'Forward a message of that person to me, or write their Telegram id, their @username, or a part of a name.',
  'admin.found': '{total, plural, one {# person fits} other {# people fit}}, here {shown}; the one seen last first:',
  'admin.found.line': '{number}. {name}, seen {seen} ago',
  'admin.not_found':
    'Nobody who has written to the bot has this id, or this in their username or nickname. Write something else, or forward a message.',
  'admin.hidden':
    'Who wrote this, Telegram does not say: the account is hidden in forwarded messages. Write the id, the @username or a part of the nickname.',
  'admin.no_person':
    'That names nobody. Forward a message that a person wrote, or write an id, an @username or a part of a nickname.',
  'admin.ban': 'For how long is {name} to be excluded?',
  'admin.ban.reason':
    'Why is {name} to be excluded {time, select, ever {for good} other {for {time}}}? Press a button, or write the reason.',
  'admin.ban.sure':
    'Exclude {name} {time, select, ever {for good} other {for {time}}}?\nReason: {reason}\n\nA search or a room of theirs ends at once, and they are told.',
  'admin.ban.refused': 'A reason is a text with at most 200 characters. Write another one.',
  'admin.person':
    '👤 {name}, {gender}, language {language}\n{state, select, idle {Neither waits nor sits in a room} waiting {Waits} paired {Sits in a room} banned {Is excluded} other {{state}}}{reachable, select, yes {} other {; has blocked the bot}}.',
  'admin.person.unknown': 'Nobody with this id has ever written to the bot.',
  'admin.person.protected':
    '🛡 {who, select, bot {This is the bot itself} host {This is the account of a host} other {This is an administrator}}: it cannot be excluded.',
  'admin.person.banned': '⛔ Excluded for good.',
  'admin.person.banned_for': '⛔ Excluded for another {time}.',
  'admin.person.who':
    'Telegram id {user}{username, select, none {, no username} other {, @{username}}}. This look was written down.',

  'profile.mailings': 'Announcements: {wanted, select, yes {you get them} other {switched off}}',
  'button.mailings_on': '🔔 Announcements on',
  'button.mailings_off': '🔕 Announcements off',
  'button.broadcasts': '📣 Broadcasts',
  'button.new_broadcast': '➕ New broadcast',
  'button.segment.gender': 'Gender: {value}',
  'button.segment.language': 'Language: {value}',
  'button.segment.seen': 'Seen within: {value}',
  'button.preview': '👁 Preview',
  'button.add_button': '🔗 Button',
  'button.start_broadcast': '🚀 Start',
  'button.start_broadcast.sure': '🚀 Yes, send it now',
  'button.pause_broadcast': '⏸ Pause the broadcast',
  'button.resume_broadcast': '▶️ Resume the broadcast',
  'button.delete_draft': '🗑 Delete',
  'button.delete_draft.sure': '🗑 Yes, delete it',
  'button.cancel_broadcast': '⏹ End it for good',
  'button.cancel_broadcast.sure': '⏹ Yes, end it for good',
  'broadcast.footer': 'You do not want such messages? Switch them off in /profile.',
  'broadcast.list': 'Broadcasts',
  'broadcast.line':
    '{id}. {status, select, draft {draft} running {being sent} paused {paused} done {done} cancelled {cancelled} other {{status}}}: {title}',
  'broadcast.unknown': 'There is no such broadcast.',
  'broadcast.all': 'all',
  'broadcast.segment': 'To: gender {gender}, language {language}, seen within {seen}',
  'broadcast.audience':
    '{count, plural, =0 {Nobody would get it now, so it cannot be started} one {# person would get it now. It has not been started} other {# people would get it now. It has not been started}}.',
  'broadcast.progress':
    '{status, select, running {Being sent} paused {Paused} done {Done} cancelled {Cancelled} other {{status}}}: {done} of {total}\nSent: {sent}\nBlocked the bot: {blocked}\nSwitched it off, or are excluded: {skipped}\nRefused by Telegram: {refused}\nIn doubt, not repeated: {doubt}',
  'broadcast.error': 'It paused by itself: {error}',
  'broadcast.ask':
    'Send me the message: a text with formatting, or a photo with a text. A line on how to switch such messages off is added.',
  'broadcast.ask_button': 'Send me the button as: Words | https://address',
  'broadcast.refused': 'This cannot be sent: it must be a text or a photo, and short enough. Send another one.',
  'broadcast.button_refused': 'That is no button. Write it as: Words | https://address',
}
