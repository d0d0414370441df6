import type { SavedBot } from './bot-api/bot-state.js'
import type { FaultRule } from './faults.js'
import type { SavedKey } from './mtproto/auth-keys.js'
import type { Box } from './mtproto/rpc/update-boxes.js'
import type { StateFolder } from './persistence.js'
import type { WorldSnapshot } from './world/snapshot.js'

/** What the MTProto surface keeps: without it a restart would strand every client. */
export interface MtprotoState {
  rsaPem: string
  keys: SavedKey[]
  boxes: [number, Box][]
}

export interface SavedState {
  /** Per bot: updates that wait, webhook, commands. */
  bots: [number, SavedBot][] | undefined
  world: WorldSnapshot | undefined
  mtproto: MtprotoState | undefined
  /** Rules that still strike. */
  faults: readonly FaultRule[] | undefined
}

/** What an earlier run left. The files are the sandbox's own, so their shape is taken for granted. */
export function readState(folder: StateFolder | undefined): SavedState {
  return {
    bots: folder?.read('bots') as [number, SavedBot][] | undefined,
    world: folder?.read('world') as WorldSnapshot | undefined,
    mtproto: folder?.read('mtproto') as MtprotoState | undefined,
    faults: folder?.read('faults') as FaultRule[] | undefined,
  }
}

export function writeState(folder: StateFolder, state: SavedState): void {
  for (const [name, content] of Object.entries(state)) folder.write(name, content)
}
