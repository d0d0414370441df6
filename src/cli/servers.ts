/** What commands speak to Redis and Postgres with. Loading it is most of a command's start: it waits for being asked for. */
export { livingInstances, settingsOf, SHARED_SETTINGS } from '../app/instances.js'
export { createStores } from '../app/stores.js'
export { createTell } from '../mailbox/tell.js'
export { checkDatabase, closeDatabase, openDatabase } from '../postgres/database.js'
export { openRedis } from '../redis/client.js'
export { createKeys } from '../redis/keys.js'
