import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A way to a server that can be cut and blocked. */
export interface Proxy {
  readonly port: number
  /** As when the server is killed: connections are reset, new ones refused. */
  cut(): Promise<void>
  /** As when the network swallows everything: connections stand, and nothing comes through. */
  block(): void
  /** All is as it was; what was blocked goes on. */
  mend(): Promise<void>
  close(): Promise<void>
}

/** Listens on 127.0.0.1 and passes everything on to a port of this machine. */
export const startProxy = async (target: number): Promise<Proxy> => {
  const sockets = new Set<Socket>()
  let blocked = false
  let server: Server | undefined
  let port = 0

  const carry = (from: Socket, to: Socket) => {
    sockets.add(from)
    from.pipe(to)
    if (blocked) from.pause()
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
  }
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      server = createServer((client) => {
        const upstream = connect(target, '127.0.0.1')
        carry(client, upstream)
        carry(upstream, client)
      })
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        port = (server?.address() as AddressInfo).port
        resolve()
      })
    })
  const cut = async () => {
    const closing = server
    server = undefined
    for (const socket of sockets) socket.resetAndDestroy()
    if (closing) await new Promise((resolve) => closing.close(resolve))
  }
  await listen()
  return {
    port,
    cut,
    block: () => {
      blocked = true
      for (const socket of sockets) socket.pause()
    },
    mend: async () => {
      blocked = false
      for (const socket of sockets) socket.resume()
      if (server === undefined) await listen()
    },
    close: cut,
  }
}
