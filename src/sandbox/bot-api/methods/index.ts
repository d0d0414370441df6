import type { Method } from '../call.js'
import { botMethods } from './bot.js'
import { chatMethods } from './chats.js'
import { copyMethods } from './copies.js'
import { fileMethods } from './files.js'
import { linkMethods } from './links.js'
import { memberMethods } from './members.js'
import { messageMethods } from './messages.js'
import { updateMethods, type RunForWebhook } from './updates.js'

/** Old names that Telegraf 4.16 still sends. */
const aliases: Record<string, string> = {
  getchatmemberscount: 'getChatMemberCount',
  kickchatmember: 'banChatMember',
}

/** Every method the sandbox knows. `run` carries out what a webhook puts into its answer. */
export const allMethods = (run: RunForWebhook): Record<string, Method> => ({
  ...botMethods,
  ...updateMethods(run),
  ...messageMethods,
  ...copyMethods,
  ...chatMethods,
  ...memberMethods,
  ...linkMethods,
  ...fileMethods,
})

/** The method's own spelling: names are not case-sensitive. What is not known keeps the spelling it came in. */
export function methodName(methods: Record<string, Method>, asked: string): string {
  const wanted = asked.toLowerCase()
  return aliases[wanted] ?? Object.keys(methods).find((name) => name.toLowerCase() === wanted) ?? asked
}
