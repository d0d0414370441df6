import type { RoomId, UserId } from '../../ids.js'
import type { BroadcastId, Segment } from '../../postgres/broadcasts.js'

/** A page of the panel, with what it is about. */
export type PanelView =
  | { show: 'overview' }
  | { show: 'rooms'; page: number }
  /** `sure`: the button to close it is offered. */
  | { show: 'room'; room: RoomId; sure?: boolean }
  | { show: 'waiting'; page: number }
  | { show: 'hosts'; page?: number }
  /** The panel asks whom to look for. */
  | { show: 'find' }
  /**
   * `named`: with the account behind the pseudonym; only after that was written to the audit table. `from`: the page of
   * those who wait to go back to.
   */
  | { show: 'person'; user: UserId; named?: boolean; from?: number }
  /** Several people fit these words. */
  | { show: 'found'; words: string }
  /** Excluding somebody: for how long (`forMs` absent: for good), why (which may be written, too), and whether it is meant. */
  | { show: 'ban'; user: UserId }
  | { show: 'ban_reason'; user: UserId; forMs?: number }
  | { show: 'ban_sure'; user: UserId; forMs?: number; reason: string }
  | { show: 'broadcasts' }
  /** `sure`: the button to start it, or to end it for good, is offered; `live`: the message that shows its progress. */
  | { show: 'broadcast'; id: BroadcastId; sure?: 'start' | 'cancel'; live?: boolean }
  /** The panel asks for the message, or for the button under it. */
  | { show: 'new_broadcast' }
  | { show: 'broadcast_button'; id: BroadcastId }

export type BroadcastDeed =
  | { do: 'segment'; id: BroadcastId; segment: Partial<Segment> }
  | { do: 'preview' | 'start' | 'cancel_broadcast'; id: BroadcastId }
  | { do: 'pause_broadcast' | 'resume_broadcast'; id: BroadcastId; live?: boolean }

/** Something that a press does, before a page is shown. */
export type PanelDeed =
  | { do: 'close'; room: RoomId }
  | { do: 'who'; user: UserId; from?: number }
  /** `forMs` absent: for good. */
  | { do: 'ban'; user: UserId; forMs?: number; reason: string }
  | { do: 'unban'; user: UserId }
  | { do: 'pause' }
  | { do: 'resume' }
  | BroadcastDeed

/** The page of the person whose account is asked for. */
export const personOf = ({ user, from }: Extract<PanelDeed, { do: 'who' }>) =>
  ({ show: 'person', user, ...(from === undefined ? {} : { from }) }) as const

/** The page that shows what a deed is about, whoever did it. */
export const pageOf = (deed: PanelDeed): PanelView => {
  switch (deed.do) {
    case 'close':
      return { show: 'room', room: deed.room }
    case 'who':
      return personOf(deed)
    case 'ban':
    case 'unban':
      return { show: 'person', user: deed.user }
    case 'pause':
    case 'resume':
      return { show: 'overview' }
    default:
      return { show: 'broadcast', id: deed.id, live: 'live' in deed && deed.live === true }
  }
}

/** What stands behind a button of the panel. */
export type PanelAction = PanelView | PanelDeed

/** What the data of a panel's button begins with; a random word follows. */
export const PANEL_PREFIX = 'panel:'

/** One page, before its buttons are given their words. */
export interface PanelPage {
  readonly text: string
  readonly rows: readonly (readonly { readonly text: string; readonly action: PanelAction }[])[]
}
