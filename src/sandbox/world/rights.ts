/** What an administrator may do, by TL names (`chatAdminRights`). `other` is the Bot API's `can_manage_chat`. */
export const ADMIN_RIGHTS = [
  'change_info',
  'post_messages',
  'edit_messages',
  'delete_messages',
  'ban_users',
  'invite_users',
  'pin_messages',
  'add_admins',
  'anonymous',
  'manage_call',
  'other',
  'manage_topics',
  'post_stories',
  'edit_stories',
  'delete_stories',
  'manage_direct_messages',
  'manage_ranks',
  'send_welcome_messages',
] as const
export type AdminRight = (typeof ADMIN_RIGHTS)[number]

/** What can be taken from ordinary members, by TL names (`chatBannedRights`). `view_messages` means thrown out. */
export const BANNED_RIGHTS = [
  'view_messages',
  'send_messages',
  'send_media',
  'send_stickers',
  'send_gifs',
  'send_games',
  'send_inline',
  'embed_links',
  'send_polls',
  'change_info',
  'invite_users',
  'pin_messages',
  'manage_topics',
  'send_photos',
  'send_videos',
  'send_roundvideos',
  'send_audios',
  'send_voices',
  'send_docs',
  'send_plain',
  'edit_rank',
  'send_reactions',
] as const
export type BannedRight = (typeof BANNED_RIGHTS)[number]
