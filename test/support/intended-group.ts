import type { HostId } from '../../src/ids.js'
import type { GroupId, GroupsTable } from '../../src/postgres/groups.js'

/** Writes the intent to create a group, whatever there is already. */
export const intendedGroup = async (groups: GroupsTable, host: HostId, marker: string): Promise<GroupId> => {
  const group = await groups.intendUnless(host, marker, async () => false)
  if (group === null) throw new Error('another host decides just now')
  return group
}
