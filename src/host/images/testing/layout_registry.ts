import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { blobPath } from '../blobs.ts'
import { readIndex } from '../image_index.ts'

/** A registry on loopback that gives out the images of an OCI layout, as the distribution specification says. */
export interface LayoutRegistry {
  /** `localhost:40123` */
  readonly address: string
  /** What was asked for, in order: `GET /v2/…`. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

/** `login` is `name:password`; without it everybody may read. */
export async function serveLayout(layout: string, login?: string): Promise<LayoutRegistry> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    answer(layout, login, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections())
  return { address: `localhost:${(server.address() as AddressInfo).port}`, requests, close }
}

function answer(layout: string, login: string | undefined, request: IncomingMessage, response: ServerResponse): void {
  const wanted = login && `Basic ${Buffer.from(login).toString('base64')}`
  if (wanted !== undefined && request.headers.authorization !== wanted) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end()
    return
  }
  const [, name, what, id = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? []
  if (name === undefined) {
    response.writeHead(request.url === '/v2/' ? 200 : 404, { 'content-type': 'application/json' }).end('{}')
    return
  }
  const found =
    what === 'manifests' ? manifestOf(layout, name, id) : { digest: id, mediaType: 'application/octet-stream' }
  if (found === undefined || !existsSync(blobPath(layout, found.digest))) {
    const errors = [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }]
    response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ errors }))
    return
  }
  const file = blobPath(layout, found.digest)
  response.setHeader('content-type', found.mediaType).setHeader('docker-content-digest', found.digest)
  if (what === 'manifests') response.end(request.method === 'HEAD' ? undefined : readFileSync(file))
  else createReadStream(file).pipe(response)
}

/** An image is known here by its name without the registry's. */
function manifestOf(layout: string, name: string, id: string) {
  const image = readIndex(layout).find(({ reference, manifest }) => {
    const path = reference.slice(reference.indexOf('/') + 1)
    return path === `${name}:${id}` || (path.startsWith(`${name}:`) && manifest.digest === id)
  })
  return image?.manifest
}
