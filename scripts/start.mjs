// npm start. See launch.ts for what happens once the dependencies are there.
import { bootstrap } from './bootstrap.mjs'
import { runTypeScript } from './run-typescript.mjs'

bootstrap()
await runTypeScript('scripts/launch.ts', process.argv.slice(2))
