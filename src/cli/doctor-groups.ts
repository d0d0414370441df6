import { bad, cli, ok, warning, type Line } from './doctor-line.js'
import { hindranceOf, type Hindrance } from './hosts-hindrance.js'
import type { Status } from './status-read.js'

type Host = NonNullable<Status['hosts']>[number]

const LOGIN = cli('hosts login')

/** Why a host makes no groups now; undefined when it can. */
const hindered = (host: Host, { at, unheld, instances }: Status): Hindrance | undefined => {
  const why = hindranceOf(host, at, cli)
  if (why !== undefined || unheld?.includes(`host:${host.host}`) !== true) return why
  const mend = instances?.length === 0 ? 'npm start' : 'start a process with the role host'
  return { words: 'has no process that works as it', mend, atOnce: true }
}

/** What has groups made again, when no host makes any: host by host, and who would help where all that is left is to wait. */
const mendOf = (why: readonly (readonly [host: string, hindrance: Hindrance])[]): string => {
  const mends = [...new Set(why.map(([, { mend }]) => mend))].map((mend) => {
    const hosts = why.flatMap(([host, one]) => (one.mend === mend ? [host] : []))
    return why.length === 1 || hosts.length === why.length ? mend : `host ${hosts.join(', ')}: ${mend}`
  })
  const helps = why.some(([, { atOnce }]) => atOnce) ? [] : [`another account helps at once: ${LOGIN}`]
  return [...mends, ...helps].join('; ')
}

const stockLine = ({ stock, waiting, matching }: Status, mend: string): Line[] => {
  if (stock === null || waiting === null) return []
  if (stock.size > 0 || stock.target === 0) return [ok('stock', `${stock.size} of ${stock.target} groups`)]
  return waiting.count > 1 && matching?.paused !== true
    ? [bad('stock', `empty, while ${waiting.count} people wait`, mend)]
    : [warning('stock', 'empty: the next two people have to wait', mend)]
}

/** Whether groups can be made, and whether there are some; with what has them made again. */
export const groupLines = (found: Status): Line[] => {
  const { hosts, stock } = found
  if (hosts === null) return stockLine(found, 'have Postgres answer: without it no group is made')
  if (hosts.length === 0) return stockLine(found, LOGIN)
  const why = hosts.flatMap((host) => {
    const hindrance = hindered(host, found)
    return hindrance === undefined ? [] : [[host.host, hindrance] as const]
  })
  const able = hosts.length - why.length
  if (able > 0)
    return [
      ok('groups', `${able} of ${hosts.length} hosts can make them`),
      ...stockLine(found, `wait: they are made one after the other (GROUP_PACE); more hosts make more: ${LOGIN}`),
    ]
  const words = `no host can make any: ${why.map(([host, hindrance]) => `host ${host} ${hindrance.words}`).join('; ')}`
  const mend = mendOf(why)
  // What is in stock is used as long as it lasts.
  const isUrgent = stock === null || stock.size === 0
  return [isUrgent ? bad('groups', words, mend) : warning('groups', words, mend), ...stockLine(found, mend)]
}
