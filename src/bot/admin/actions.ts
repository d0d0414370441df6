import type { RoomId, UserId } from '../../ids.js'

/** A page of the panel, with what it is about. */
export type PanelView =
  | { show: 'overview' }
  | { show: 'rooms'; page: number }
  /** `sure`: the button to close it is offered. */
  | { show: 'room'; room: RoomId; sure?: boolean }
  | { show: 'waiting'; page: number }
  | { show: 'hosts' }
  /** The panel asks whom to look for. */
  | { show: 'find' }
  /** `named`: with the account behind the pseudonym; only after that was written to the audit table. */
  | { show: 'person'; user: UserId; named?: boolean }

/** Something that a press does, before a page is shown. */
export type PanelDeed =
  | { do: 'close'; room: RoomId }
  | { do: 'who'; user: UserId }
  /** `forMs` absent: for good. */
  | { do: 'ban'; user: UserId; forMs?: number }
  | { do: 'unban'; user: UserId }
  | { do: 'pause' }
  | { do: 'resume' }

/** What stands behind a button of the panel. */
export type PanelAction = PanelView | PanelDeed

/** What the data of a panel's button begins with; a random word follows. */
export const PANEL_PREFIX = 'panel:'

/** One page, before its buttons are given their words. */
export interface PanelPage {
  readonly text: string
  readonly rows: readonly (readonly { readonly text: string; readonly action: PanelAction }[])[]
}
