// Prints where the servers of this machine are, for the shell: their programs, and where their libraries are looked for.
import { findPostgres } from '../servers/postgres-binary.js'
import { findOrFetchRedis } from '../servers/redis-binary.js'

const redis = findOrFetchRedis()
console.log(redis.command)
console.log(redis.env?.['LD_LIBRARY_PATH'] ?? '')
console.log(findPostgres().bin)
