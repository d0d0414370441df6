import { createServer, type AddressInfo } from 'node:net'

/** A TCP port on the loopback interface that nobody uses at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

const attempts = 4

/**
 * Starts something on a free port. Between finding a port and using it somebody else may take it: then another is tried.
 * @param port a fixed one, tried once
 */
export async function onFreePort<T>(start: (port: number) => Promise<T>, port?: number): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(port ?? (await freePort()))
    } catch (error) {
      const isTaken = error instanceof Error && /could not bind|could not create listening|in use/i.test(error.message)
      if (!isTaken || port !== undefined || attempt === attempts) throw error
    }
  }
}
