/**
 * Every text of the bot with its parameters; a test holds each language to exactly these. Texts go out as plain text
 * (no parse mode), and a parameter's value is never parsed, so what people type cannot become markup or a link.
 */
export const PARAMETERS = {
  // Language-neutral pieces
  'duration.seconds': { count: 'number' },
  'duration.minutes': { count: 'number' },
  'duration.hours': { count: 'number' },
  'duration.days': { count: 'number' },

  // What the bot says about itself on Telegram
  'about.short': {},
  'about.long': {},
  'command.find': {},
  'command.next': {},
  'command.stop': {},
  'command.profile': {},
  'command.help': {},
  'command.privacy': {},

  // Buttons
  'button.find': {},
  'button.next': {},
  'button.stop': {},
  'button.enter': {},
  'button.keep_searching': {},
  'button.female': {},
  'button.male': {},
  'button.other': {},
  'button.give_name': {},
  'button.edit_gender': {},
  'button.edit_name': {},
  'button.subscribed': {},
  'button.refresh': {},
  'button.rooms': {},
  'button.room': {},
  'button.waiting': {},
  'button.hosts': {},
  'button.find_person': {},
  'button.pause_matching': {},
  'button.resume_matching': {},
  'button.back': {},
  'button.close_room': {},
  'button.close_room.sure': {},
  'button.who': {},
  'button.ban': {},
  'button.ban_day': {},
  'button.unban': {},

  // Registration and profile
  hello: {},
  'ask.gender': {},
  'ask.nickname': {},
  'ask.new_nickname': {},
  'nickname.refused': { reason: 'text' },
  'nickname.too_short': { min: 'number' },
  'nickname.too_long': { max: 'number' },
  'nickname.link': {},
  'nickname.mention': {},
  'nickname.phone': {},
  'nickname.hidden': {},
  'nickname.characters': {},
  profile: { nickname: 'text', gender: 'text' },
  registered: { nickname: 'text' },
  'gender.female': {},
  'gender.male': {},
  'gender.other': {},

  // Searching
  searching: { others: 'number' },
  'searching.first': { others: 'number' },
  'searching.already': { others: 'number', waited: 'text' },
  'searching.no_group': {},
  'searching.paused': {},
  found: {},
  stopped: {},
  'stop.nothing': {},
  'still_there.ask': { waited: 'text', time: 'text' },
  'search.ended': {},
  'search.goes_on': {},
  cooldown: { time: 'text' },
  banned: {},
  'banned.for': { time: 'text' },

  // Rooms
  invitation: { time: 'text' },
  'invitation.again': { time: 'text' },
  'invitation.exposure': {},
  entered: { time: 'text' },
  'partner.entered': { time: 'text' },
  'room.open': {},
  'room.full_up': {},
  'closed.left.you': {},
  'closed.left.partner': {},
  'closed.no_show.missing': {},
  'closed.no_show.came': {},
  'closed.cooldown': { time: 'text' },
  'closed.idle': { time: 'text' },
  'closed.max_age': { time: 'text' },
  'closed.operator': {},
  'closed.banned.you': {},
  'closed.banned.partner': {},
  'closed.blocked_bot': {},
  'closed.bot_removed': {},
  'closed.lost': {},
  'closed.searching': { others: 'number' },
  'closed.first_in_line': {},
  'closed.traces': {},

  // In the group
  welcome: { one: 'text', other: 'text', time: 'text' },

  // Gate
  gate: { count: 'number', channels: 'text' },
  'gate.not_yet': {},
  'gate.unavailable': {},

  // Answers
  help: {},
  privacy: { user: 'text', time: 'text' },
  'unknown.command': {},
  'not_understood.idle': {},
  'not_understood.waiting': {},
  'not_understood.room': {},
  edited: {},
  rebuilding: {},
  trouble: {},

  // Administration
  'admin.panel': {
    inviting: 'number',
    open: 'number',
    closing: 'number',
    waiting: 'number',
    first: 'number',
    oldest: 'text',
    female: 'number',
    male: 'number',
    other: 'number',
    unknown: 'number',
    stock: 'number',
    hosts: 'text',
    at: 'text',
  },
  'admin.host': {
    host: 'text',
    label: 'text',
    status: 'text',
    parked: 'text',
    used: 'number',
    budget: 'number',
    error: 'text',
  },
  'admin.no_hosts': {},
  'admin.nobody': {},
  'admin.paused': {},
  'admin.expired': {},
  'admin.stock': { stock: 'number' },
  'admin.rooms': { total: 'number', page: 'number', pages: 'number' },
  'admin.rooms.line': { number: 'number', stage: 'text', age: 'text', one: 'text', other: 'text' },
  'admin.room': {
    room: 'text',
    stage: 'text',
    age: 'text',
    left: 'text',
    host: 'text',
    group: 'text',
    one: 'text',
    other: 'text',
  },
  'admin.room.person': { name: 'text', entered: 'text' },
  'admin.room.gone': { room: 'text' },
  'admin.waiting': { total: 'number', page: 'number', pages: 'number' },
  'admin.waiting.line': { number: 'number', name: 'text', waited: 'text', first: 'text' },
  'admin.find': {},
  'admin.not_found': {},
  'admin.person': { name: 'text', gender: 'text', language: 'text', state: 'text', reachable: 'text' },
  'admin.person.unknown': {},
  'admin.person.banned': {},
  'admin.person.banned_for': { time: 'text' },
  'admin.person.who': { user: 'text', username: 'text' },

  // Alerts to administrators: what is wrong, and what to do
  'alert.stock': { count: 'number' },
  'alert.stock.step': {},
  'alert.parked': { host: 'text', error: 'text' },
  'alert.parked.step': {},
  'alert.quarantined': { host: 'text', error: 'text' },
  'alert.quarantined.step': {},
  'alert.overdue': { count: 'number' },
  'alert.overdue.step': {},
  'alert.dead_letters': { count: 'number' },
  'alert.dead_letters.step': {},
  'alert.until': { time: 'text' },
  'alert.resolved': { words: 'text', time: 'text' },
} as const satisfies Record<string, Record<string, 'text' | 'number'>>

export type TextKey = keyof typeof PARAMETERS

type Value = { text: string; number: number }
export type TextValues<Key extends TextKey> = {
  readonly [Name in keyof (typeof PARAMETERS)[Key]]: (typeof PARAMETERS)[Key][Name] extends keyof Value
    ? Value[(typeof PARAMETERS)[Key][Name]]
    : never
}

/** One language: each text as an ICU message. */
export type Language = Readonly<Record<TextKey, string>>
