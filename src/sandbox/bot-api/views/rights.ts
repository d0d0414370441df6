import type { AdminRight, BannedRight } from '../../world/rights.js'
import { badRequest } from '../errors.js'
import { isTrue } from '../parameters.js'

/** The Bot API's names of administrator rights, and the world's. */
const adminRights: Record<string, AdminRight> = {
  is_anonymous: 'anonymous',
  can_manage_chat: 'other',
  can_delete_messages: 'delete_messages',
  can_manage_video_chats: 'manage_call',
  can_restrict_members: 'ban_users',
  can_promote_members: 'add_admins',
  can_change_info: 'change_info',
  can_invite_users: 'invite_users',
  can_post_stories: 'post_stories',
  can_edit_stories: 'edit_stories',
  can_delete_stories: 'delete_stories',
  can_post_messages: 'post_messages',
  can_edit_messages: 'edit_messages',
  can_manage_direct_messages: 'manage_direct_messages',
  can_pin_messages: 'pin_messages',
  can_manage_topics: 'manage_topics',
  can_manage_tags: 'manage_ranks',
  can_send_welcome_messages: 'send_welcome_messages',
}

/** What each permission of ordinary members stands for; it is taken away when one of these is banned. */
const permissions: Record<string, BannedRight[]> = {
  can_send_messages: ['send_plain'],
  can_send_audios: ['send_audios'],
  can_send_documents: ['send_docs'],
  can_send_photos: ['send_photos'],
  can_send_videos: ['send_videos'],
  can_send_video_notes: ['send_roundvideos'],
  can_send_voice_notes: ['send_voices'],
  can_send_polls: ['send_polls'],
  can_send_other_messages: ['send_stickers', 'send_gifs', 'send_games', 'send_inline'],
  can_add_web_page_previews: ['embed_links'],
  can_react_to_messages: ['send_reactions'],
  can_change_info: ['change_info'],
  can_invite_users: ['invite_users'],
  can_pin_messages: ['pin_messages'],
  can_manage_topics: ['manage_topics'],
  can_edit_tag: ['edit_rank'],
}

const media = ['audios', 'documents', 'photos', 'videos', 'video_notes', 'voice_notes'].map(
  (kind) => `can_send_${kind}`,
)

/** An administrator's rights as the Bot API spells them: all of them, since some bots' types demand every one. */
export const adminRightsView = (rights: readonly AdminRight[]): Record<string, boolean> =>
  Object.fromEntries(Object.entries(adminRights).map(([name, right]) => [name, rights.includes(right)]))

/** Reads the rights of `promoteChatMember`. */
export const readAdminRights = (isGiven: (name: string) => boolean): AdminRight[] =>
  Object.entries(adminRights)
    .filter(([name]) => isGiven(name))
    .map(([, right]) => right)

/** What members may do, given what has been taken from them. */
export function permissionsView(banned: readonly BannedRight[]): Record<string, boolean> {
  const silent = banned.includes('send_messages')
  return Object.fromEntries(
    Object.entries(permissions).map(([name, rights]) => {
      const sends =
        name.startsWith('can_send') || name === 'can_add_web_page_previews' || name === 'can_react_to_messages'
      const taken = rights.some((right) => banned.includes(right)) || (sends && silent)
      const noMedia = media.includes(name) && banned.includes('send_media')
      return [name, !taken && !noMedia]
    }),
  )
}

function isPermitted(given: Record<string, unknown>, name: string): boolean {
  const value = given[name] ?? false
  if (isTrue(value)) return true
  if (value === false || value === 0 || (typeof value === 'string' && /^(false|no|0)$/i.test(value))) return false
  throw badRequest(`can't parse chat permissions: Field "${name}" must be of type Boolean`)
}

/**
 * Reads `permissions` into what is banned. Without `use_independent_chat_permissions` the wider permissions imply the
 * narrower ones, and topics follow pinning, as the Bot API documents.
 */
export function readPermissions(given: Record<string, unknown>, independent: boolean): BannedRight[] {
  const allowed = new Set(Object.keys(permissions).filter((name) => isPermitted(given, name)))
  if (!independent) {
    const wide = allowed.has('can_send_other_messages') || allowed.has('can_add_web_page_previews')
    if (wide) for (const name of media) allowed.add(name)
    if (wide || allowed.has('can_send_polls') || media.some((name) => allowed.has(name))) {
      allowed.add('can_send_messages')
    }
  }
  if (given['can_react_to_messages'] === undefined && allowed.has('can_send_messages'))
    allowed.add('can_react_to_messages')
  if (given['can_manage_topics'] === undefined && allowed.has('can_pin_messages')) allowed.add('can_manage_topics')
  return Object.entries(permissions).flatMap(([name, rights]) => (allowed.has(name) ? [] : rights))
}
