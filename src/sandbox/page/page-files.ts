import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerResponse } from 'node:http'

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

const typeOf = (name: string): string | undefined => types[name.slice(name.lastIndexOf('.') + 1)]

const files = new Set(readdirSync(import.meta.dirname).filter((name) => typeOf(name) !== undefined))

/** Nothing but the page's own files may be loaded, no text may become markup, and nobody may frame it. */
const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

/** Answers with a file of the page (Node leaves the body out of an answer to HEAD); false when the path is none of them. */
export function servePage(response: ServerResponse, path: string): boolean {
  const name = path === '/' ? 'index.html' : path.slice(1)
  if (!files.has(name)) return false
  const content = readFileSync(join(import.meta.dirname, name))
  response.writeHead(200, {
    'content-length': content.length,
    'content-type': typeOf(name),
    'content-security-policy': policy,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  })
  response.end(content)
  return true
}
