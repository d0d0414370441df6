/** Tells the person at the terminal where servers come from. On stderr: stdout belongs to the programs. */
export function say(text: string): void {
  if (process.env['SERVERS_QUIET'] === undefined) console.error(`[servers] ${text}`)
}
