import type { UserId } from '../../ids.js'
import { paragraphs, type Reader } from '../notices/notice.js'
import type { PanelPage, PanelView } from './actions.js'
import { nameOf, namesOf, pageButtons, pagesOf, PAGE } from './pages.js'
import { idIn } from './people-input.js'

/** Who waits, page by page by the deadline of the search, each with a button to look at them. */
export const waiting = async (reader: Reader, { page }: { page: number }): Promise<PanelPage> => {
  const { texts, waitingSet } = reader
  const [total, people, now] = await Promise.all([
    waitingSet.count(),
    waitingSet.list(page * PAGE, PAGE),
    waitingSet.now(),
  ])
  const names = await namesOf(
    reader,
    people.map(({ user }) => user),
  )
  const lines = people.map(({ user, since, firstInLine }, index) =>
    texts.say('admin.waiting.line', {
      number: index + 1,
      name: nameOf(names, user),
      waited: texts.duration(Math.max(1, now - since)),
      first: firstInLine ? 'yes' : 'no',
    }),
  )
  return {
    text: [texts.say('admin.waiting', { total, page: page + 1, pages: pagesOf(total) }), '', ...lines]
      .join('\n')
      .trim(),
    rows: [
      people.map(({ user }, index) => ({ text: String(index + 1), action: { show: 'person', user, from: page } })),
      pageButtons(texts, total, page, (to) => ({ show: 'waiting', page: to })),
    ],
  }
}

/** Asks for somebody: a forwarded message of theirs, their id, or a name. */
export const find = async ({ texts }: Reader): Promise<PanelPage> => ({
  text: texts.say('admin.find'),
  rows: [[{ text: texts.say('button.back'), action: { show: 'overview' } }]],
})

/** The people who fit some words, by pseudonym: those seen last, each with a button to look at them. */
export const found = async (reader: Reader, { words }: { words: string }): Promise<PanelPage> => {
  const { texts, users } = reader
  const { total, people } = await users.find(words, { user: idIn(words), limit: PAGE, offset: 0 })
  const lines = people.map(({ nickname, seenAt }, index) =>
    texts.say('admin.found.line', {
      number: index + 1,
      name: nickname ?? '?',
      seen: texts.duration(Math.max(1, Date.now() - seenAt)),
    }),
  )
  return {
    text: [texts.say('admin.found', { total, shown: people.length }), '', ...lines].join('\n').trim(),
    rows: [
      people.map(({ user }, index) => ({ text: String(index + 1), action: { show: 'person', user } })),
      [
        { text: texts.say('button.back'), action: { show: 'overview' } },
        { text: texts.say('button.find_person'), action: { show: 'find' } },
      ],
    ],
  }
}

/**
 * One person by their pseudonym: where they are, and whether they may search. Which account it is, only `named` shows,
 * which a press brings about that was written to the audit table before.
 */
export const person = async (
  reader: Reader,
  view: { user: UserId; named?: boolean; from?: number },
): Promise<PanelPage> => {
  const { texts, users, waitingSet, protectedAs } = reader
  const { user, from } = view
  const came = from === undefined ? {} : { from }
  const list: PanelView = from === undefined ? { show: 'overview' } : { show: 'waiting', page: from }
  const back = { text: texts.say('button.back'), action: list }
  const [profile, where, who] = await Promise.all([
    users.profile(user),
    waitingSet.whereabouts(user),
    protectedAs(user),
  ])
  const guarded = who !== undefined && texts.say('admin.person.protected', { who })
  if (!profile) return { text: paragraphs(texts.say('admin.person.unknown'), guarded), rows: [[back]] }
  const { bannedUntil } = profile
  const forGood = bannedUntil === Infinity
  return {
    text: paragraphs(
      texts.say('admin.person', {
        name: profile.nickname ?? '?',
        gender: profile.gender === null ? '?' : texts.say(`gender.${profile.gender}`),
        language: profile.language,
        state: where.state,
        reachable: profile.reachable ? 'yes' : 'no',
      }),
      bannedUntil !== null &&
        (forGood
          ? texts.say('admin.person.banned')
          : texts.say('admin.person.banned_for', { time: texts.duration(Math.max(1, bannedUntil - Date.now())) })),
      guarded,
      view.named === true &&
        texts.say('admin.person.who', { user, username: profile.username === null ? 'none' : profile.username }),
    ),
    rows: [
      where.state === 'paired' ? [{ text: texts.say('button.room'), action: { show: 'room', room: where.room } }] : [],
      bannedUntil !== null
        ? [{ text: texts.say('button.unban'), action: { do: 'unban', user } }]
        : who !== undefined
          ? []
          : [{ text: texts.say('button.ban'), action: { show: 'ban', user } }],
      view.named === true ? [] : [{ text: texts.say('button.who'), action: { do: 'who', user, ...came } }],
      [back, { text: texts.say('button.refresh'), action: { show: 'person', user, ...came } }],
    ],
  }
}
