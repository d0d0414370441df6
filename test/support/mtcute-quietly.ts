// The test runner loads packages in their CommonJS form, of which mtcute warns on every load.
Object.assign(globalThis, { _MTCUTE_CJS_DEPRECATION_WARNED: true })
