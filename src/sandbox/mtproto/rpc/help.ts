import type { Handlers } from './call.js'

const CONFIG_LIFE_S = 3600
/** How long a frozen account has to appeal. */
const FREEZE_S = 30 * 86_400
const DATA_CENTRES = [1, 2, 3, 4, 5]
const DEFAULT_DC = 2

/** help.*, and what an account hears about itself: what a client asks before anything else. */
export const help = (port: () => number): Handlers => ({
  'help.getConfig': (_request, { session }) => {
    const now = Math.floor(Date.now() / 1000)
    return {
      _: 'config',
      date: now,
      expires: now + CONFIG_LIFE_S,
      test_mode: false,
      // A client that finds another data centre here than the one it dialled reads the configuration for ever.
      this_dc: session.key.holder.dcId ?? DEFAULT_DC,
      dc_options: DATA_CENTRES.map((id) => {
        return { _: 'dcOption', id, ip_address: '127.0.0.1', port: port(), static: true, this_port_only: true }
      }),
      dc_txt_domain_name: 'sandbox.invalid',
      chat_size_max: 200,
      megagroup_size_max: 200_000,
      forwarded_count_max: 100,
      online_update_period_ms: 210_000,
      offline_blur_timeout_ms: 5000,
      offline_idle_timeout_ms: 30_000,
      online_cloud_timeout_ms: 300_000,
      notify_cloud_delay_ms: 30_000,
      notify_default_delay_ms: 1500,
      push_chat_period_ms: 60_000,
      push_chat_limit: 2,
      edit_time_limit: 172_800,
      revoke_time_limit: 0x7fffffff,
      revoke_pm_time_limit: 0x7fffffff,
      rating_e_decay: 2_419_200,
      stickers_recent_limit: 200,
      channels_read_media_period: 604_800,
      call_receive_timeout_ms: 20_000,
      call_ring_timeout_ms: 90_000,
      call_connect_timeout_ms: 30_000,
      call_packet_timeout_ms: 10_000,
      me_url_prefix: 'https://t.me/',
      caption_length_max: 1024,
      message_length_max: 4096,
      webfile_dc_id: DEFAULT_DC,
      // Older layers want these as well.
      saved_gifs_limit: 200,
      stickers_faved_limit: 5,
      pinned_dialogs_count_max: 5,
      pinned_infolder_count_max: 100,
    }
  },

  'help.getNearestDc': () => ({ _: 'nearestDc', country: 'XX', this_dc: DEFAULT_DC, nearest_dc: DEFAULT_DC }),

  'help.getAppConfig': (request, { world, session }) => {
    const user = world.users.byId.get(session.key.holder.userId ?? 0)
    const since = { _: 'jsonNumber', value: world.now() }
    const until = { _: 'jsonNumber', value: world.now() + FREEZE_S }
    const appeal = { _: 'jsonString', value: 'https://t.me/spambot' }
    const frozen = { freeze_since_date: since, freeze_until_date: until, freeze_appeal_url: appeal }
    const entries = user?.frozen === true ? Object.entries(frozen) : []
    const value = entries.map(([key, content]) => ({ _: 'jsonObjectValue', key, value: content }))
    const hash = user?.frozen === true ? 2 : 1
    if (request['hash'] === hash) return { _: 'help.appConfigNotModified' }
    return { _: 'help.appConfig', hash, config: { _: 'jsonObject', value } }
  },

  'account.getAuthorizations': (_request, { session, world }) => {
    const current = {
      _: 'authorization',
      current: true,
      hash: 0,
      device_model: 'unknown',
      platform: 'unknown',
      system_version: '1',
      api_id: 1,
      app_name: 'unknown',
      app_version: '1',
      // A minted session counts as old.
      date_created: session.key.holder.loginAt ?? 0,
      date_active: world.now(),
      ip: '127.0.0.1',
      country: 'XX',
      region: '',
    }
    return { _: 'account.authorizations', authorization_ttl_days: 180, authorizations: [current] }
  },

  'help.getTermsOfServiceUpdate': (_request, { world }) => {
    return { _: 'help.termsOfServiceUpdateEmpty', expires: world.now() + CONFIG_LIFE_S }
  },
})
