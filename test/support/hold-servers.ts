// Starts both servers in the directory that it is given, says where they are, and stays until it is killed or its input ends.
import path from 'node:path'
import { startPostgres } from '../../scripts/servers/postgres.js'
import { startRedis } from '../../scripts/servers/redis.js'

const [, , directory] = process.argv
if (directory === undefined) throw new Error('usage: hold-servers.ts <directory>')
const redis = await startRedis({ directory: path.join(directory, 'redis') })
const postgres = await startPostgres({ directory: path.join(directory, 'postgres') })
console.log(JSON.stringify({ redis: redis.url, database: postgres.url, pids: [redis.pid, postgres.pid] }))
// A test that fails does not come to kill it; then the end of its input does.
process.stdin.resume()
