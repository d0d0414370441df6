import type { User } from '../../world/types.js'
import type { Method } from '../call.js'
import { badRequest } from '../errors.js'
import { userView } from '../views/chats.js'
import { commandMethods, languageOf } from './commands.js'

/** A text about the bot, kept by language: `set…` stores it, `get…` gives the language's own or the general one, or else the usual one. */
function textMethods(
  kind: string,
  field: string,
  maxLength: number,
  usual: (bot: User) => string = () => '',
): Record<string, Method> {
  return {
    [`setMy${kind}`]: (call) => {
      const text = call.parameters.text(field) ?? ''
      if (text.length > maxLength) throw badRequest(`bot ${field.replaceAll('_', ' ')} is too long`)
      call.state.texts.set(`${field}/${languageOf(call)}`, text)
      return true
    },
    [`getMy${kind}`]: (call) => ({
      [field]:
        call.state.texts.get(`${field}/${languageOf(call)}`) || call.state.texts.get(`${field}/`) || usual(call.bot),
    }),
  }
}

/** What concerns the bot itself. */
export const botMethods: Record<string, Method> = {
  getMe: ({ world, bot }) => ({
    ...userView(world, bot.id),
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: false,
    supports_join_request_queries: false,
  }),
  ...commandMethods,
  ...textMethods('Name', 'name', 64, (bot) => bot.firstName),
  ...textMethods('Description', 'description', 512),
  ...textMethods('ShortDescription', 'short_description', 120),
}
