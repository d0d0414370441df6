// A program that keeps to what the launcher expects of the service, and does nothing else: says that it is ready over its IPC
// channel, ends on SIGTERM, and ends when the launcher is gone. It writes down what it was told in DATA_DIR/service.json.
import { writeFileSync } from 'node:fs'
import path from 'node:path'

const { DATA_DIR = '', REDIS_URL, DATABASE_URL, TELEGRAM_API_ROOT, SECRET_KEY, GROUP_PACE } = process.env
const told = { pid: process.pid, REDIS_URL, DATABASE_URL, TELEGRAM_API_ROOT, SECRET_KEY, GROUP_PACE }
writeFileSync(path.join(DATA_DIR, 'service.json'), JSON.stringify(told))
process.on('SIGTERM', () => {
  writeFileSync(path.join(DATA_DIR, 'stopped'), '')
  process.exit(0)
})
process.on('disconnect', () => process.exit(0))
process.send?.({ ready: true, ops: 'http://127.0.0.1:1' })
