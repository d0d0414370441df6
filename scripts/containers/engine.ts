// Prints the address of a container engine that answers; ends with code 1 if there is none.
import { findEngine } from '../servers/engine.js'

const engine = await findEngine()
if (engine === undefined) process.exit(1)
console.log(engine)
