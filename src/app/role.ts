/** A part of the service that runs in this process until it is stopped. */
export interface Running {
  readonly name: string
  /** Takes nothing new, finishes what was begun. */
  stop(): Promise<void>
}
