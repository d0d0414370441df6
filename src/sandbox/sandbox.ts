import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Faults } from './faults.js'
import { createHttpSurface } from './http.js'
import { mintSession } from './mint-session.js'
import { RsaKey } from './mtproto/rsa-key.js'
import { TelegramRpc } from './mtproto/rpc/telegram-rpc.js'
import { MtprotoServer } from './mtproto/server.js'
import { loadCodec } from './mtproto/tl/telegram-schema.js'
import { claimFolder } from './one-per-folder.js'
import { Autosave, BytesInFolder, StateFolder } from './persistence.js'
import { readState, writeState } from './saved-state.js'
import { restoreWorld, snapshotWorld } from './world/snapshot.js'
import { World } from './world/world.js'

export interface SandboxOptions {
  /** Ids and secrets follow from it. */
  seed?: string | undefined
  /** 0 or undefined = any free port. */
  httpPort?: number | undefined
  mtprotoPort?: number | undefined
  /** Where everything is kept between runs, in a folder `sandbox`; without it nothing is. */
  dataDir?: string | undefined
  /** Told, once each, what MTProto clients asked for in vain. */
  log?: ((line: string) => void) | undefined
}

export interface Sandbox {
  world: World
  faults: Faults
  /** Calls of methods that the sandbox does not have; a test's last word is that there are none. */
  unknown: { bot: Record<string, number>; mtproto: Record<string, number> }
  /** `http://127.0.0.1:PORT`, also the Bot API's root. */
  http: string
  /** `127.0.0.1:PORT` */
  mtproto: string
  /** The RSA key that clients must trust: PEM, PKCS#1. */
  publicKey: string
  /** A logged-in GramJS string session of this user. */
  mintSession(userId: number): string
  /** The same for the account with this phone number, which is made when there is none. */
  mintAccount(phone: string): string
  /** This user's phone scans the QR code of a client that wants to log in. Throws `Denied`, as Telegram would. */
  acceptLogin(token: Buffer, userId: number): void
  /** Ends every login of this user, as "terminate all other sessions" does; returns how many there were. */
  revokeSessions(userId: number): number
  /** Cuts all MTProto connections, as a broken network does. */
  dropConnections(): void
  close(): Promise<void>
}

/**
 * Starts a local Telegram on 127.0.0.1. Rejects when a port is taken, the kept data is of another seed, or another sandbox
 * keeps its own in the same place.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  if (options.dataDir === undefined) return start(options)
  const place = join(options.dataDir, 'sandbox')
  const release = claimFolder(place)
  try {
    const sandbox = await start(options, place)
    return { ...sandbox, close: () => sandbox.close().finally(release) }
  } catch (error) {
    release()
    throw error
  }
}

async function start(options: SandboxOptions, place?: string): Promise<Sandbox> {
  const folder = place === undefined ? undefined : new StateFolder(place)
  const saved = readState(folder)
  const world = new World(options.seed, place === undefined ? undefined : new BytesInFolder(join(place, 'photos')))
  if (saved.world) restoreWorld(world, saved.world)
  const faults = new Faults().add(...(saved.faults ?? []))
  const unknownRpcs: Record<string, number> = {}

  const codec = loadCodec()
  const rsa = new RsaKey(world.seed, saved.mtproto?.rsaPem)
  let mtprotoPort = 0
  const rpc: TelegramRpc = new TelegramRpc(
    world,
    faults,
    codec,
    (what) => {
      if (!(what in unknownRpcs)) options.log?.(`not served: ${what}`)
      unknownRpcs[what] = (unknownRpcs[what] ?? 0) + 1
    },
    () => server,
    () => mtprotoPort,
  )
  const server = new MtprotoServer(codec, rsa, rpc, faults)
  server.keys.restore(saved.mtproto?.keys ?? [])
  rpc.boxes.restore(saved.mtproto?.boxes ?? [])

  const mint = (userId: number): string => mintSession(server, codec.ownLayer, world.users.get(userId).id)
  const mintAccount = (phone: string): string =>
    mint((world.users.byPhone(phone) ?? world.users.add({ firstName: 'Host', phone })).id)

  const acceptLogin = (token: Buffer, userId: number): void => void rpc.loginTokens.accept(token, userId)

  const revokeSessions = (userId: number): number => {
    const count = server.keys.revoke(userId)
    server.onKeysChanged()
    return count
  }

  const autosave = new Autosave(() => {
    if (!folder) return
    const mtproto = { rsaPem: rsa.toPem(), keys: server.keys.save(), boxes: rpc.boxes.save() }
    writeState(folder, { world: snapshotWorld(world), mtproto, bots: surface.botApi.save(), faults: faults.list() })
  })
  const changed = (): void => {
    if (folder) autosave.changed()
  }
  const surface = createHttpSurface({
    world,
    faults,
    mintAccount: (phone) => ({ session: mintAccount(phone) }),
    acceptLogin,
    revokeSessions,
    mtprotoAccess: () => ({ host: '127.0.0.1', port: mtprotoPort, key: rsa.described }),
    unknownMtproto: () => unknownRpcs,
  })
  surface.botApi.restore(saved.bots ?? [])
  surface.botApi.onChanged = changed
  world.on('event', changed)
  server.onKeysChanged = changed
  faults.onChanged = changed

  mtprotoPort = await server.listen(options.mtprotoPort ?? 0)
  const web = createServer(surface.handler)
  const httpPort = await listen(web, options.httpPort ?? 0).catch(async (error: unknown) => {
    await server.close()
    throw error
  })
  changed()

  return {
    world,
    faults,
    unknown: { bot: surface.botApi.unknown, mtproto: unknownRpcs },
    http: `http://127.0.0.1:${httpPort}`,
    mtproto: `127.0.0.1:${mtprotoPort}`,
    publicKey: rsa.publicKey,
    mintSession: mint,
    mintAccount,
    acceptLogin,
    revokeSessions,
    dropConnections: () => server.dropConnections(),
    close: async () => {
      surface.close()
      await Promise.all([server.close(), stop(web)])
      autosave.flush()
    },
  }
}

function listen(web: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    web.once('error', reject)
    web.listen(port, '127.0.0.1', () => resolve((web.address() as AddressInfo).port))
  })
}

function stop(web: Server): Promise<void> {
  return new Promise((resolve) => {
    web.close(() => resolve())
    web.closeAllConnections()
  })
}
