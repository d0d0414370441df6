import { existsSync, readFileSync } from 'node:fs'
import http from 'node:http'
import { homedir, userInfo } from 'node:os'
import path from 'node:path'

/** What the places to look at depend on. */
export type EngineSurroundings = {
  env: NodeJS.ProcessEnv
  home: string
  uid: number
  /** Content of ~/.testcontainers.properties, '' if there is none. */
  properties: string
}

const answerWithinMs = 1_000

/** Addresses at which a container engine may answer, most likely first. A DOCKER_HOST that somebody has set stands alone. */
export function engineAddresses({ env, home, uid, properties }: EngineSurroundings): string[] {
  const own = env['DOCKER_HOST']
  if (own !== undefined && own !== '') return [own]
  const configured = /^\s*(?:docker|tc)\.host\s*=\s*(\S+)/m.exec(properties)?.[1]
  const runtime = env['XDG_RUNTIME_DIR']
  const sockets = [
    '/var/run/docker.sock',
    ...(runtime === undefined ? [] : [path.join(runtime, 'docker.sock')]),
    path.join(home, '.docker/run/docker.sock'),
    path.join(home, '.docker/desktop/docker.sock'),
    `/run/user/${uid}/docker.sock`,
    // testcontainers does not look at these by itself.
    path.join(home, '.colima/default/docker.sock'),
    path.join(home, '.orbstack/run/docker.sock'),
    path.join(home, '.rd/docker.sock'),
    `/run/user/${uid}/podman/podman.sock`,
    '/run/podman/podman.sock',
  ]
  return [...(configured === undefined ? [] : [configured]), ...sockets.map((socket) => `unix://${socket}`)]
}

/**
 * Looks for a container engine by asking for `/_ping`, which takes milliseconds; loading testcontainers to find out would take seconds.
 * @returns its address as for DOCKER_HOST, or undefined if none answers
 */
export async function findEngine(): Promise<string | undefined> {
  for (const address of engineAddresses(surroundings())) {
    if (await answers(address)) return address
  }
  return undefined
}

function surroundings(): EngineSurroundings {
  const home = homedir()
  const file = path.join(home, '.testcontainers.properties')
  return { env: process.env, home, uid: userInfo().uid, properties: existsSync(file) ? readFileSync(file, 'utf8') : '' }
}

/** Where to send a request for an address as in DOCKER_HOST; undefined for kinds that plain HTTP cannot reach, such as ssh. */
export function requestTarget(address: string): http.RequestOptions | undefined {
  if (address.startsWith('unix://')) return { socketPath: address.slice('unix://'.length) }
  const match = /^(?:tcp|http):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?/.exec(address)
  return match?.[1] === undefined ? undefined : { host: match[1], port: Number(match[2] ?? 2375) }
}

function answers(address: string): Promise<boolean> {
  const target = requestTarget(address)
  if (target === undefined || (target.socketPath && !existsSync(target.socketPath))) return Promise.resolve(false)
  return new Promise((resolve) => {
    const request = http.get({ ...target, path: '/_ping', timeout: answerWithinMs }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    request.once('error', () => resolve(false))
    request.once('timeout', () => {
      request.destroy()
      resolve(false)
    })
  })
}
