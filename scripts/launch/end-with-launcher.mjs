// Loaded into the service before anything else. When the launcher is gone the service stops by itself, but what it needs for an
// orderly stop, such as Redis, may have gone with the launcher; nothing may be left behind, so its time is limited.
const orderlyStopMs = 5_000

process.once('disconnect', () => setTimeout(() => process.exit(1), orderlyStopMs))
