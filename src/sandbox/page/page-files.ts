import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerResponse } from 'node:http'

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
}

const files = ['index.html', 'page.css', 'chat.css', 'page.js', 'phone.js', 'elements.js', 'api.js']

/** Nothing but the page's own files may be loaded, and nobody may frame it. */
const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Answers with a file of the page; false when the path is none of them. */
export function servePage(response: ServerResponse, path: string): boolean {
  const name = path === '/' ? 'index.html' : path.slice(1)
  if (!files.includes(name)) return false
  response.writeHead(200, {
    'content-type': types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  })
  response.end(readFileSync(join(import.meta.dirname, name)))
  return true
}
