import { Composer, type Context } from 'telegraf'
import type { Message } from 'telegraf/types'
import { chatId, userId } from '../ids.js'
import type { Activity } from './activity.js'
import { createButtons, type ButtonDeps } from './button-presses.js'
import type { Memberships } from './memberships.js'
import type { Asked, Command } from './people.js'
import type { Say } from './say.js'

export interface RouteDeps extends ButtonDeps {
  readonly memberships: Memberships
  readonly activity: Activity
  readonly say: Say
}

/** Something that Telegram says in a group, not a person. */
const SERVICE = [
  'new_chat_members',
  'left_chat_member',
  'new_chat_title',
  'pinned_message',
  'delete_chat_photo',
] as const
const isService = (message: Message): boolean =>
  SERVICE.some((key) => key in message) || Object.keys(message).some((key) => /_created$|^migrate_|_changed$/.test(key))

const isForward = (message: Message): boolean => 'forward_origin' in message || 'forward_date' in message

const isCommand = (message: Message): boolean => {
  const first = 'text' in message ? message.entities?.[0] : undefined
  return first?.type === 'bot_command' && first.offset === 0
}

/** Which handler an update goes to. */
export const createRoutes = (deps: RouteDeps): Composer<Context> => {
  const { people, commands, memberships, activity, say } = deps
  const { registration } = commands
  const routes = new Composer<Context>()

  routes.on('chat_join_request', (ctx) => memberships.joinRequest(ctx.chatJoinRequest))
  routes.on('chat_member', (ctx) => memberships.member(ctx.chatMember))
  routes.on('my_chat_member', (ctx) => memberships.bot(ctx.myChatMember, ctx.update.update_id))
  routes.on('callback_query', createButtons(deps))

  // Bots, and people who write in the name of a channel, are nobody to answer to.
  routes.use((ctx, next) => (ctx.from && !ctx.from.is_bot ? next() : undefined))

  const answerMessage = async (asked: Asked, message: Message) => {
    const forward = isForward(message)
    if (!forward && isCommand(message)) return say(asked.user, 'unknown_command')
    if (await commands.panel.hear(asked, message)) return
    const text = 'text' in message && !forward ? message.text : undefined
    if (!(await registration.hear(asked, text))) await say(asked.user, 'not_understood')
  }

  const inPrivate = new Composer<Context>()
  const inGroup = new Composer<Context>()
  // A forwarded command is something that the person shows, not something that they want.
  inPrivate.on('message', async (ctx, next) => {
    if (isForward(ctx.message)) await answerMessage(await people.meet(ctx.from, ctx.update.update_id), ctx.message)
    else await next()
  })
  for (const [name, command] of Object.entries<Command>(commands.byName)) {
    const word = new RegExp(`^${name}$`, 'i')
    inPrivate.command(word, async (ctx) => command(await people.meet(ctx.from, ctx.update.update_id)))
    inGroup.command(word, async (ctx) => {
      const asked = await people.recall(ctx.from, ctx.update.update_id)
      if (asked) await command(asked)
    })
  }

  inPrivate.on('message', async (ctx) => {
    if (isService(ctx.message)) return
    await answerMessage(await people.meet(ctx.from, ctx.update.update_id), ctx.message)
  })
  inPrivate.on('edited_message', (ctx) => say(userId(ctx.from.id), 'edited'))

  routes.use(Composer.optional((ctx) => ctx.chat?.type === 'private', inPrivate))
  routes.use(
    Composer.optional(
      (ctx) => ctx.chat?.type === 'supergroup',
      async (ctx, next) => {
        const message = ctx.message ?? ctx.editedMessage
        if (message && ctx.chat && !isService(message)) await activity(chatId(ctx.chat.id))
        return next()
      },
      inGroup,
    ),
  )
  return routes
}
