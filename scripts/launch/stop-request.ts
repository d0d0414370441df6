const sameRequestMs = 1_000

/**
 * Resolves, with the exit code, when somebody wants this process to stop. Who asks again gets it at once: the children notice and end by themselves.
 * Ctrl-C below npm arrives twice, from the terminal and from npm; that counts as one.
 */
export function stopRequested(): Promise<number> {
  return new Promise((resolve) => {
    let firstAt: number | undefined
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (firstAt === undefined) {
          firstAt = Date.now()
          console.log('\n[start] stopping')
          resolve(0)
        } else if (Date.now() - firstAt > sameRequestMs) process.exit(1)
      })
    }
  })
}
