// npm test. See test-run.ts for what happens once the dependencies are there.
import { bootstrap } from './bootstrap.mjs'
import { runTypeScript } from './run-typescript.mjs'

bootstrap()
await runTypeScript('scripts/test-run.ts', process.argv.slice(2))
