import type { DeploymentState } from '../postgres/deployment.js'
import type { RedisClient } from './define-script.js'
import type { Keys } from './keys.js'

/** The id of the newest fact that was ever announced to the ledger; `0-0` before the first. */
export const lastAnnounced = async (redis: RedisClient, keys: Keys): Promise<string> => {
  const mailbox = keys.mailbox('ledger')
  if ((await redis.exists(mailbox)) === 0) return '0-0'
  const info = (await redis.xinfo('STREAM', mailbox)) as unknown[]
  return String(info[info.indexOf('last-generated-id') + 1])
}

/** Below zero when Postgres has not heard of the fact `id` yet, above zero when it has heard of later ones. */
export const compareProgress = (state: DeploymentState, id: string): number => {
  const [ms = '0', seq = '0'] = id.split('-')
  const ahead = BigInt(state.ledgerMs) - BigInt(ms) || BigInt(state.ledgerSeq) - BigInt(seq)
  return ahead < 0n ? -1 : ahead > 0n ? 1 : 0
}
