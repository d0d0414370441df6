/** What has been started and must be stopped again, last first. */
export class Undo {
  private readonly steps: (() => Promise<void> | void)[] = []
  private running = false

  /** Whether stopping has begun. */
  get isRunning(): boolean {
    return this.running
  }

  /**
   * Notes how to stop something that has just been started.
   * @throws Error when stopping has begun in the meantime; the thing is stopped at once then
   */
  async add(step: () => Promise<void> | void): Promise<void> {
    if (this.running) {
      await step()
      throw new Error('stopped while starting')
    }
    this.steps.push(step)
  }

  /** Stops everything. A step that fails is reported and does not keep the others from their turn. */
  async run(): Promise<void> {
    this.running = true
    for (const step of this.steps.splice(0).reverse()) {
      try {
        await step()
      } catch (error) {
        console.error(`[start] ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
}
