// npm start, once the dependencies are installed: servers, sandbox and service, started in this order and stopped in the
// opposite one. If this process is killed, every child notices by itself and ends.
import path from 'node:path'
import { root } from './bootstrap.mjs'
import { loadEnvFile } from './env-file.mjs'
import { run } from './launch/run.js'

loadEnvFile(path.join(root, '.env'), process.env)
process.exit(await run(process.env))
