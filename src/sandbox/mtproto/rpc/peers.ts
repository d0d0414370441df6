import type { TlObject } from '../tl/types.js'

export const peerUser = (user_id: number): TlObject => ({ _: 'peerUser', user_id })

export const peerChannel = (channel_id: number): TlObject => ({ _: 'peerChannel', channel_id })
