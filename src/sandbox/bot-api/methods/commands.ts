import type { BotCommand } from 'telegraf/types'
import { placeOf, type Call, type Method } from '../call.js'
import { badRequest } from '../errors.js'
import { Parameters } from '../parameters.js'

/*
 * Lists of commands, one for each scope and language. What is refused, and in which words, follows the Bot API server and
 * TDLib's BotCommand.cpp and BotCommandScope.cpp.
 */

const MAX_COMMANDS = 100
const MAX_COMMAND = 32
const MAX_DESCRIPTION = 256

const generalScopes = ['default', 'all_private_chats', 'all_group_chats', 'all_chat_administrators']
const chatScopes = ['chat', 'chat_administrators', 'chat_member']

/** The language that a text or list is for: two small letters, or empty for everybody else. */
export function languageOf({ parameters }: Call): string {
  const language = parameters.text('language_code') ?? ''
  if (!/^([a-z]{2})?$/.test(language)) throw badRequest('invalid language code specified')
  return language
}

/** A text among the fields of a JSON object; `what` names the object in the refusal. Numbers are taken for texts. */
function field(fields: object, name: string, what: string, type: 'String' | 'Number' = 'String'): string {
  const value = (fields as Record<string, unknown>)[name]
  if (value === undefined) throw badRequest(`can't parse ${what}: Can't find field "${name}"`)
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw badRequest(`can't parse ${what}: Field "${name}" must be of type ${type}`)
}

/** Whom a list is for, as the key that it is kept under. */
function keyOf(call: Call): string {
  const what = 'BotCommandScope'
  const given = call.parameters.json('scope', what)
  if (given === undefined) return `${JSON.stringify({ type: 'default' })}/${languageOf(call)}`
  if (!given || typeof given !== 'object' || Array.isArray(given))
    throw badRequest(`can't parse ${what}: ${what} must be an Object`)
  const type = field(given, 'type', what)
  if (generalScopes.includes(type)) return `${JSON.stringify({ type })}/${languageOf(call)}`
  if (!chatScopes.includes(type)) throw badRequest(`can't parse ${what}: Unsupported type specified`)
  const chatId = field(given, 'chat_id', what)
  if (chatId === '') throw badRequest(`can't parse ${what}: Empty chat_id specified`)
  const userId = type === 'chat_member' ? Number(field(given, 'user_id', what, 'Number')) : undefined
  if (userId !== undefined && !(userId > 0)) throw badRequest(`can't parse ${what}: Invalid user_id specified`)
  const chat = placeInScope(call, type, chatId)
  if (userId !== undefined && !call.world.users.byId.has(userId)) throw badRequest('user not found')
  return `${JSON.stringify({ type, chat, user: userId })}/${languageOf(call)}`
}

/** What tells the chat of a scope from others; throws as Telegram does for one that the bot cannot use so. */
function placeInScope(call: Call, type: string, chatId: string): string {
  const place = placeOf({ ...call, parameters: new Parameters({ chat_id: chatId }) })
  if ('chat' in place && place.chat.type === 'channel') throw badRequest("can't change commands in channel chats")
  if ('chat' in place) return `chat ${place.chat.id}`
  if (type !== 'chat') throw badRequest("can't use specified scope in private chats")
  return `person ${place.dialog.userId}`
}

function readCommands({ parameters }: Call): BotCommand[] {
  const commands = parameters.json('commands') ?? []
  if (!Array.isArray(commands)) throw badRequest('expected an Array of BotCommand')
  const read = (commands as unknown[]).map(readCommand)
  if (read.length > MAX_COMMANDS) throw badRequest('BOT_COMMANDS_TOO_MUCH')
  return read
}

function readCommand(item: unknown): BotCommand {
  const what = 'BotCommand'
  if (!item || typeof item !== 'object' || Array.isArray(item))
    throw badRequest(`can't parse ${what}: expected an Object`)
  const command = field(item, 'command', what).trim().replace(/^\//, '')
  const description = field(item, 'description', what).trim()
  if (command === '') throw badRequest('command must be non-empty')
  if ([...command].length > MAX_COMMAND) throw badRequest(`command length must not exceed ${MAX_COMMAND}`)
  if (description === '') throw badRequest('command description must be non-empty')
  if ([...description].length > MAX_DESCRIPTION)
    throw badRequest(`command description length must not exceed ${MAX_DESCRIPTION}`)
  if (!/^[a-z0-9_]+$/.test(command)) throw badRequest('BOT_COMMAND_INVALID')
  return { command, description }
}

/** The lists of commands that the bot shows. */
export const commandMethods: Record<string, Method> = {
  setMyCommands: (call) => {
    const commands = readCommands(call)
    call.state.commands.set(keyOf(call), commands)
    return true
  },
  getMyCommands: (call) => call.state.commands.get(keyOf(call)) ?? [],
  deleteMyCommands: (call) => {
    call.state.commands.delete(keyOf(call))
    return true
  },
}
