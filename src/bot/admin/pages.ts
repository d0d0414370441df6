import type { UserId } from '../../ids.js'
import type { Reader } from '../notices/notice.js'
import type { Texts } from '../texts/index.js'
import type { PanelPage, PanelView } from './actions.js'

/** How many things a page lists: as many as there are buttons in a row. */
export const PAGE = 8

export const pagesOf = (total: number): number => Math.max(1, Math.ceil(total / PAGE))

/** As many lines as a page lists, and how many more there are: a message has a greatest length. */
export const atMost = (texts: Texts, lines: readonly string[]): string[] =>
  lines.length <= PAGE ? [...lines] : [...lines.slice(0, PAGE), texts.say('admin.more', { count: lines.length - PAGE })]

/** The nicknames of people: what they are known by in the panel. */
export const namesOf = async ({ users }: Reader, people: readonly UserId[]): Promise<ReadonlyMap<UserId, string>> => {
  const names = people.length === 0 ? new Map<UserId, { nickname: string | null }>() : await users.names(people)
  return new Map([...names].map(([user, { nickname }]) => [user, nickname ?? '?']))
}
export const nameOf = (names: ReadonlyMap<UserId, string>, user: UserId): string => names.get(user) ?? '?'

/** To the page before and the page after, where there are any; back, and the same page anew. */
export const pageButtons = (
  texts: Texts,
  total: number,
  page: number,
  to: (page: number) => PanelView,
): PanelPage['rows'][number] => [
  { text: texts.say('button.back'), action: { show: 'overview' } },
  ...(page > 0 ? [{ text: '«', action: to(page - 1) }] : []),
  ...(page + 1 < pagesOf(total) ? [{ text: '»', action: to(page + 1) }] : []),
  { text: texts.say('button.refresh'), action: to(page) },
]
