import type { Incident } from './incidents/incident.js'
import { OF_HOSTS } from './incidents/of-hosts.js'
import { OF_SERVERS } from './incidents/of-servers.js'
import { OF_WORK } from './incidents/of-work.js'

/** How that of which docs/operations.md tells is brought about, by its headings and in their order. */
export const INCIDENTS: Readonly<Record<string, Incident>> = { ...OF_HOSTS, ...OF_SERVERS, ...OF_WORK }
